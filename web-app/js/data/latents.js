// The vectors of the map that is shown, as numbers: a page may hold several sets of them, and a map says of which it is.
"use strict";

NM.define("latents", ["store", "data", "words"], ({ state }, { vectors, maps, points }, words) => {
  const SAMPLE = 2000;

  // What a map does not say is taken to be the first.
  const number = () => maps[state.map].vectors ?? 0;
  const set = () => vectors[number()] || null;
  const numbers = () => set()?.numbers ?? null;

  // One row.
  function of(item) {
    const { size, stored, offset, step } = numbers();
    return Float64Array.from({ length: size }, (_, j) => offset[j] + step[j] * stored[item * size + j]);
  }

  function valueAt(item, dimension) {
    const { size, stored, offset, step } = numbers();
    return offset[dimension] + step[dimension] * stored[item * size + dimension];
  }

  function sampled() {
    const stride = Math.max(1, Math.floor(points / SAMPLE));
    return Array.from({ length: Math.ceil(points / stride) }, (_, at) => at * stride);
  }

  const ends = new Map(); // set -> the end of its color scale

  // The end of the color scale: 99 of 100 values lie within, so that one outlier does not wash out the rest.
  function reach() {
    const now = set();
    if (!ends.has(now)) {
      const rows = sampled();
      const sizes = new Float64Array(rows.length * now.numbers.size);
      rows.forEach((item, at) => sizes.set(of(item).map(Math.abs), at * now.numbers.size));
      sizes.sort();
      ends.set(now, sizes[Math.floor(0.99 * (sizes.length - 1))] || 1);
    }
    return ends.get(now);
  }

  const spreads = new Map(); // set -> mean and standard deviation of each dimension

  function spread() {
    const now = set();
    if (!spreads.has(now)) {
      const rows = sampled().map(of);
      const mean = new Float64Array(now.numbers.size);
      for (const row of rows) row.forEach((value, j) => { mean[j] += value / rows.length; });
      const square = new Float64Array(mean.length);
      for (const row of rows) row.forEach((value, j) => { square[j] += (value - mean[j]) ** 2 / rows.length; });
      spreads.set(now, { mean, deviation: square.map(Math.sqrt) });
    }
    return spreads.get(now);
  }

  const isLatent = () => set()?.origin === "latent";

  return {
    of, valueAt, reach, spread, numbers, number, set, isLatent,
    get present() { return numbers() !== null; },
    get size() { return numbers()?.size ?? 0; },
    // In which space the vectors are, in words.
    get space() { return words.inSpace[set()?.origin ?? "given"]; },
  };
});
