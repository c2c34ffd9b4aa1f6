// Which tiles show what is in view: those of the level whose cells are a pixel or two wide, and in place of one that does
// not exist the smallest that holds its rows.
"use strict";

NM.define("cover", ["data", "tile", "files"], (data, tile, files) => {
  const DEEPEST = data.levels.length - 1;

  function levelOf(frame) {
    const level = Math.floor(Math.log2((data.side * frame.scaleX) / 256));
    return Math.max(0, Math.min(DEEPEST, level));
  }

  const above = (level, number) => Math.floor(number / 2 ** level / 2) * 2 ** (level - 1) + Math.floor((number % 2 ** level) / 2);

  // The smallest tile with rows of this place that there is, or null.
  function existing(level, number) {
    let at = { level, number };
    while (!data.levels[at.level].has(at.number)) {
      if (at.level === 0) return null;
      at = { level: at.level - 1, number: above(at.level, at.number) };
    }
    // Cut further, it would have been there: nothing lies in this part of it.
    if (at.level < level && data.levels[at.level].get(at.number) > data.kept) return null;
    return at;
  }

  // The tiles that show what is in view, those in its middle first.
  function of(frame) {
    const level = levelOf(frame);
    const { x0, y0 } = data.maps[0].extent;
    const side = data.side / 2 ** level;
    const inMap = (value) => Math.max(0, Math.min(2 ** level - 1, value));
    const [left, right] = [frame.x0, frame.x1].map((x) => inMap(Math.floor((x - x0) / side)));
    const [low, high] = [frame.y0, frame.y1].map((y) => inMap(Math.floor((y - y0) / side)));
    const found = new Map();
    for (let y = low; y <= high; y++) {
      for (let x = left; x <= right; x++) {
        const at = existing(level, y * 2 ** level + x);
        if (at) found.set(tile.nameOf(at.level, at.number), at);
      }
    }
    const [cx, cy] = [(frame.x0 + frame.x1) / 2, (frame.y0 + frame.y1) / 2];
    const distance = ({ level, number }) => {
      const square = tile.squareOf(level, number);
      return Math.hypot(square.x0 + square.side / 2 - cx, square.y0 + square.side / 2 - cy);
    };
    return [...found.values()].sort((a, b) => distance(a) - distance(b));
  }

  // The tile itself if it is in memory, else the nearest one above it that is.
  function inMemory({ level, number }) {
    for (;;) {
      const found = files.get(level, number);
      if (found || level === 0) return found;
      number = above(level, number);
      level--;
    }
  }

  return { of, inMemory };
});
