// The latent vectors, as numbers.
"use strict";

NM.define("latents", ["data"], ({ latents, latentSize, points }) => {
  // One row.
  function of(item) {
    const row = new Float64Array(latentSize);
    for (let j = 0; j < latentSize; j++) row[j] = valueAt(item, j);
    return row;
  }

  const valueAt = (item, dimension) =>
    latents.offset[dimension] + latents.step[dimension] * latents.stored[item * latentSize + dimension];

  let end = 0;
  // The end of the color scale: 99 of 100 values lie within, so that one outlier does not wash out the rest.
  function reach() {
    if (end > 0) return end;
    const stride = Math.max(1, Math.floor(points / 2000));
    const sizes = [];
    for (let i = 0; i < points; i += stride) {
      for (let j = 0; j < latentSize; j++) sizes.push(Math.abs(valueAt(i, j)));
    }
    sizes.sort((a, b) => a - b);
    end = sizes[Math.floor(0.99 * (sizes.length - 1))] || 1;
    return end;
  }

  return { present: latents !== null, size: latentSize, of, valueAt, reach };
});
