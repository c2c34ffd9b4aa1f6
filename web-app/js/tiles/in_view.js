// How many rows are in view, counted by cells: to the row where the whole map is.
"use strict";

NM.define("in_view", ["store", "view", "map", "cover", "words", "dom"], (store, view, map, cover, words, dom) => {
  const { state } = store;
  const REST_MS = 120;
  let timer = 0;

  // Rows of the cells whose middle is in view.
  function rowsOf(tile, frame) {
    const { square, counts, cell, classes } = tile;
    const { x0, y0, side } = square;
    const isInside = x0 >= frame.x0 && x0 + side <= frame.x1 && y0 >= frame.y0 && y0 + side <= frame.y1;
    if (isInside && state.hidden.size === 0) return tile.rows;
    const unit = side / 256;
    const ends = (low, high, start) => [(low - start) / unit - 0.5, (high - start) / unit - 0.5];
    const [left, right] = ends(frame.x0, frame.x1, x0);
    const [low, high] = ends(frame.y0, frame.y1, y0);
    let rows = 0;
    for (let at = 0; at < cell.length; at++) {
      const [x, y] = [cell[at] & 255, cell[at] >> 8];
      if (x >= left && x <= right && y >= low && y <= high && !state.hidden.has(classes[at])) rows += counts[at];
    }
    return rows;
  }

  function show() {
    if (!map.isWhole()) return;
    const frame = view.frame();
    const tiles = map.covering().map(cover.exact);
    const missing = tiles.filter((tile) => tile === null).length;
    const rows = tiles.reduce((sum, tile) => sum + (tile ? rowsOf(tile, frame) : 0), 0);
    dom.byId("in-view").textContent = (missing ? words.tiles.atLeast : words.tiles.inView)(rows);
  }

  function start() {
    map.onDrawn(() => {
      clearTimeout(timer);
      timer = setTimeout(show, REST_MS);
    });
  }

  return { start };
});
