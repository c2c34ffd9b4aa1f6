// Which parts of the map are in view, of the level whose cells are a pixel or two wide, and which tile has the rows of each:
// one of that level, or one above it that is cut no further.
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

  // The parts of the map that are in view, those in its middle first: {level, number, holder: the tile that has its rows}.
  function of(frame) {
    const level = levelOf(frame);
    const { x0, y0 } = data.maps[0].extent;
    const side = data.side / 2 ** level;
    const inMap = (value) => Math.max(0, Math.min(2 ** level - 1, value));
    const [left, right] = [frame.x0, frame.x1].map((x) => inMap(Math.floor((x - x0) / side)));
    const [low, high] = [frame.y0, frame.y1].map((y) => inMap(Math.floor((y - y0) / side)));
    const found = [];
    for (let y = low; y <= high; y++) {
      for (let x = left; x <= right; x++) {
        const number = y * 2 ** level + x;
        const holder = existing(level, number);
        if (holder) found.push({ level, number, holder, away: Math.hypot(x - (left + right) / 2, y - (low + high) / 2) });
      }
    }
    return found.sort((a, b) => a.away - b.away);
  }

  // What draws a part of the map: null while it is on its way.
  function exact({ level, number, holder }) {
    const held = files.get(holder.level, holder.number);
    return held && holder.level < level ? tile.partOf(held, level, number) : held;
  }

  // In its place, the nearest tile above it that is in memory.
  function coarser({ holder: { level, number } }) {
    while (level > 0) {
      number = above(level, number);
      level--;
      const found = files.get(level, number);
      if (found) return found;
    }
    return null;
  }

  return { of, exact, coarser };
});
