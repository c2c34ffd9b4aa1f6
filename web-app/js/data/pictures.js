// The picture of an item on a canvas: its own image, or where there is none what the decoder makes of its latent vector.
"use strict";

NM.define("pictures", ["data", "latents", "decoder", "palette"], (data, latents, decoder, palette) => {
  const { images, side } = data;

  // Gray values -> a canvas of the image's own size; CSS enlarges it, pixel by pixel.
  function paint(canvas, gray, start = 0) {
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(side, side);
    for (let p = 0; p < side * side; p++) {
      const value = gray[start + p];
      pixels.data[4 * p] = pixels.data[4 * p + 1] = pixels.data[4 * p + 2] = value;
      pixels.data[4 * p + 3] = 255;
    }
    context.putImageData(pixels, 0, 0);
  }

  // Decoded minus original: one color where the decoder adds light, the other where it takes light away.
  function paintDifference(canvas, item, gray) {
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(side, side);
    const colors = differenceColors();
    for (let p = 0; p < side * side; p++) {
      const bin = (gray[p] - images[item * side * side + p] + 255) >> 1;
      pixels.data.set(colors[bin], 4 * p);
    }
    context.putImageData(pixels, 0, 0);
  }

  const tables = new Map(); // theme -> 256 colors
  function differenceColors() {
    const theme = palette.theme();
    if (!tables.has(theme)) {
      tables.set(theme, Array.from({ length: 256 }, (_, b) => [...palette.parse(palette.diverging(b / 255)), 255]));
    }
    return tables.get(theme);
  }

  function paintItem(canvas, item) {
    if (images) paint(canvas, images, item * side * side);
    else paint(canvas, decoder.decode(latents.of(item)));
  }

  return { present: images !== null || decoder.present, own: images !== null, side, paint, paintItem, paintDifference };
});
