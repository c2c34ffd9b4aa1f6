// A picture of the reader's as the network sees it, and its latent vector: brought into a square as the library does it.
"use strict";

NM.define("encoder", ["data", "network"], (data, network) => {
  const { encoder, side, channels } = data;
  const MAX_SIDE = 4096; // of what is decoded: a canvas of more may be refused

  // The weights of a triangle filter from one size to another: [{first, weights}] for each new pixel.
  function filterOf(from, to) {
    const ratio = from / to;
    const reach = Math.max(1, ratio);
    return Array.from({ length: to }, (_, at) => {
      const middle = (at + 0.5) * ratio;
      const first = Math.max(0, Math.min(from - 1, Math.floor(middle - reach)));
      const end = Math.max(first + 1, Math.min(from, Math.ceil(middle + reach)));
      const weights = Array.from({ length: end - first }, (__, i) => Math.max(0, 1 - Math.abs((first + i - (middle - 0.5)) / reach)));
      const sum = weights.reduce((all, weight) => all + weight, 0);
      return { first, weights: weights.map((weight) => weight / sum) };
    });
  }

  // Along the height, then along the width; planes of one channel.
  function resized(plane, [width, height], [toWidth, toHeight]) {
    const tall = new Float32Array(width * toHeight);
    filterOf(height, toHeight).forEach(({ first, weights }, y) => {
      weights.forEach((weight, i) => { for (let x = 0; x < width; x++) tall[y * width + x] += weight * plane[(first + i) * width + x]; });
    });
    const found = new Float32Array(toWidth * toHeight);
    filterOf(width, toWidth).forEach(({ first, weights }, x) => {
      for (let y = 0; y < toHeight; y++) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += weights[i] * tall[y * width + first + i];
        found[y * toWidth + x] = Math.round(Math.max(0, Math.min(255, sum)));
      }
    });
    return found;
  }

  // Which part of the picture is taken, and how large it lies in the square.
  function fitted(width, height) {
    if (encoder.fit === "stretch") return { left: 0, top: 0, width, height, size: [side, side] };
    if (encoder.fit === "crop") {
      const short = Math.min(width, height);
      return { left: Math.floor((width - short) / 2), top: Math.floor((height - short) / 2), width: short, height: short, size: [side, side] };
    }
    const long = Math.max(width, height);
    const scaled = (part) => Math.max(1, Math.floor((part * side + Math.floor(long / 2)) / long));
    return { left: 0, top: 0, width, height, size: [scaled(width), scaled(height)] };
  }

  const luma = (r, g, b) => Math.round(0.299 * r + 0.587 * g + 0.114 * b);

  // The planes of a square, 0 to 255. Where the network sees gray, a color becomes gray after it was made small.
  function squareOf({ data: pixels }, [width, height], size) {
    const colors = [0, 1, 2].map((channel) => resized(Float32Array.from({ length: width * height }, (_, p) => pixels[4 * p + channel]), [width, height], size));
    const [left, top] = size.map((length) => Math.floor((side - length) / 2));
    const planes = encoder.ground.map((value, channel) => {
      const plane = new Float32Array(side * side).fill(value);
      for (let y = 0; y < size[1]; y++) plane.set(colors[channel].subarray(y * size[0], (y + 1) * size[0]), (top + y) * side + left);
      return plane;
    });
    if (channels === 3) return Float32Array.from(planes.flatMap((plane) => Array.from(plane)));
    return planes[0].map((red, p) => luma(red, planes[1][p], planes[2][p]));
  }

  // The planes of a file's picture; null where it is none. Photos lie as their camera was held.
  async function pictureOf(file) {
    let bitmap = null;
    try {
      bitmap = await createImageBitmap(file, { imageOrientation: "from-image", colorSpaceConversion: "none" });
    } catch {
      return null;
    }
    const shrink = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
    const [width, height] = [bitmap.width, bitmap.height].map((length) => Math.max(1, Math.round(length * shrink)));
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.fillStyle = `rgb(${encoder.ground.join(" ")})`;
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    const part = fitted(width, height);
    return squareOf(context.getImageData(part.left, part.top, part.width, part.height), [part.width, part.height], part.size);
  }

  const encode = (planes) => network.run(encoder.layers, Float32Array.from(planes, (value) => value / 255), [channels, side, side]);

  return { pictureOf, encode, present: encoder !== null };
});
