// The picture of an item: its own, or where no item has one what the decoder makes of its vector. Small gray ones are at
// hand; the others are JPEG files behind one header, decoded when they are looked at, and the latest are kept.
"use strict";

NM.define("pictures", ["data", "latents", "decoder", "palette", "words"], (data, latents, decoder, palette, words) => {
  const { pictures, side, channels } = data;
  const isPacked = pictures !== null && pictures.encoding === "jpeg";
  const MAX_KEPT = 800;

  // Values 0 to 255, one channel after another -> pixels of a canvas.
  function pixelsOf(values, start = 0, pixels = new Uint8ClampedArray(4 * side * side)) {
    const size = side * side;
    const [green, blue] = channels === 3 && values.length >= start + 3 * size ? [size, 2 * size] : [0, 0];
    for (let p = 0; p < size; p++) {
      pixels[4 * p] = values[start + p];
      pixels[4 * p + 1] = values[start + green + p];
      pixels[4 * p + 2] = values[start + blue + p];
      pixels[4 * p + 3] = 255;
    }
    return pixels;
  }

  const put = (canvas, pixels) => canvas.getContext("2d").putImageData(new ImageData(pixels, side, side), 0, 0);
  const clear = (canvas) => canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);

  // What the decoder made, on a canvas of the image's own size; CSS enlarges it.
  const paint = (canvas, values) => put(canvas, pixelsOf(values));

  const kept = new Map(); // item -> its bitmap, the latest last
  const waiting = new Map(); // item -> the promise of it

  function remember(item, bitmap) {
    kept.delete(item);
    kept.set(item, bitmap);
    if (kept.size <= MAX_KEPT) return;
    const [[oldest, old]] = kept;
    kept.delete(oldest);
    if (old) old.close();
  }

  async function decode(item) {
    const { header, offsets, bodies } = pictures;
    const file = new Blob([header, bodies.subarray(offsets[item], offsets[item + 1])], { type: "image/jpeg" });
    let bitmap = null;
    try {
      bitmap = await createImageBitmap(file);
    } catch {
      console.error(words.data.pictureDamaged(data.index[item]));
    }
    waiting.delete(item);
    remember(item, bitmap);
    return bitmap;
  }

  const has = (item) => pictures !== null && (!isPacked || (pictures.offsets[item + 1] > pictures.offsets[item] && kept.get(item) !== null));

  function bitmapOf(item) {
    if (!waiting.has(item)) waiting.set(item, decode(item));
    return waiting.get(item);
  }

  // A picture to be drawn now, or null; then `arrived` is called once it can be.
  const sprites = new Map(); // of pictures at hand: item -> a small canvas, the latest last
  function sprite(item, arrived) {
    if (isPacked) {
      if (!has(item)) return null;
      if (kept.has(item)) {
        const bitmap = kept.get(item);
        remember(item, bitmap);
        return bitmap;
      }
      bitmapOf(item).then(arrived);
      return null;
    }
    if (!sprites.has(item)) {
      const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
      paintItem(canvas, item);
      sprites.set(item, canvas);
      if (sprites.size > MAX_KEPT) sprites.delete(sprites.keys().next().value);
    }
    return sprites.get(item);
  }

  const wanted = new WeakMap(); // canvas -> the item that it is to show

  function paintItem(canvas, item) {
    wanted.set(canvas, item);
    if (!pictures) return paint(canvas, decoder.decode(latents.of(item)));
    if (!isPacked) return put(canvas, pixelsOf(pictures.pixels, item * side * side));
    const draw = (bitmap) => {
      clear(canvas);
      if (bitmap) canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    };
    if (!has(item)) return draw(null);
    const known = sprite(item, () => { if (wanted.get(canvas) === item) draw(kept.get(item)); });
    if (known) draw(known);
  }

  function blank(canvas) {
    wanted.delete(canvas);
    clear(canvas);
  }

  // The pixels of an item's own picture, once they are there; null where it has none.
  async function own(item) {
    if (!has(item)) return null;
    if (!isPacked) return pixelsOf(pictures.pixels, item * side * side);
    const bitmap = kept.get(item) || await bitmapOf(item);
    if (!bitmap) return null;
    const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0, side, side);
    return context.getImageData(0, 0, side, side).data;
  }

  // Decoded minus original: one color where the decoder adds light, the other where it takes light away.
  async function paintDifference(canvas, item, values) {
    wanted.set(canvas, item);
    const original = await own(item);
    if (!original || wanted.get(canvas) !== item) return;
    const [decoded, colors] = [pixelsOf(values), differenceColors()];
    const pixels = new Uint8ClampedArray(decoded.length);
    const light = (of, at) => (of[at] + of[at + 1] + of[at + 2]) / 3;
    for (let at = 0; at < pixels.length; at += 4) {
      pixels.set(colors[Math.floor((light(decoded, at) - light(original, at) + 255) / 2)], at);
    }
    put(canvas, pixels);
  }

  const tables = new Map(); // theme -> 256 colors
  function differenceColors() {
    const theme = palette.theme();
    if (!tables.has(theme)) {
      tables.set(theme, Array.from({ length: 256 }, (_, b) => [...palette.parse(palette.diverging(b / 255)), 255]));
    }
    return tables.get(theme);
  }

  // The average of some items' own pictures: of many, of so many evenly drawn, fewer where they must be decoded.
  const [MAX_AVERAGED, MAX_AVERAGED_AT_HAND] = [200, 4000];
  async function average(items) {
    const those = Array.from(items).filter(has);
    const step = Math.max(1, those.length / (isPacked ? MAX_AVERAGED : MAX_AVERAGED_AT_HAND));
    const sum = new Float64Array(4 * side * side);
    let count = 0;
    for (let at = 0; at < those.length; at += step) {
      const pixels = await own(those[Math.floor(at)]);
      if (!pixels) continue;
      count++;
      for (let p = 0; p < sum.length; p++) sum[p] += pixels[p];
    }
    return Uint8ClampedArray.from(sum, (total) => Math.round(total / Math.max(1, count)));
  }

  return {
    own: pictures !== null, side, isPacked, has, sprite, put, paint, paintItem, blank, paintDifference, average,
    get present() { return pictures !== null || decoder.present; },
    shows: (item) => (pictures ? has(item) : decoder.present),
  };
});
