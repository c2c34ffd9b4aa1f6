// A tile as a picture of 256 x 256 pixels: the mixed colors of a cell's classes, or its rows' mean isolation; the more rows,
// the stronger, by the logarithm.
"use strict";

NM.define("picture", ["store", "data", "palette", "dom"], (store, data, palette, dom) => {
  const { state } = store;
  const FAINTEST = 0.22;
  const FAINTEST_ISOLATION = 0.5; // its ramp begins pale
  const ISOLATION = { low: 1, high: 3 }; // ends of the ramp: as isolated as the surroundings, and thrice
  const pictures = new WeakMap(); // tile -> {canvas, key}

  function colorOfClass(code) {
    const kind = data.classes[code]?.kind ?? "named";
    if (kind === "missing") return palette.missing();
    return kind === "other" ? palette.slotColor(palette.OTHER) : palette.classColor(code);
  }

  const key = () => `${state.theme} ${state.color} ${[...state.hidden].join(" ")}`;

  // Colors by class, or by steps of isolation.
  function colors() {
    if (state.color === "isolation") {
      const ramp = palette.ramp("sequential");
      return Array.from({ length: 256 }, (_, step) => {
        const t = (step / data.steps - ISOLATION.low) / (ISOLATION.high - ISOLATION.low);
        return ramp[Math.round(Math.max(0, Math.min(1, t)) * (palette.BINS - 1))];
      });
    }
    return Array.from({ length: Math.max(1, data.classes.length) }, (_, code) => colorOfClass(code));
  }

  function paint(canvas, tile) {
    const inks = colors().map(palette.parse);
    const { counts, cell, classes, isolation } = tile;
    const byIsolation = state.color === "isolation";
    const isShown = Uint8Array.from({ length: 256 }, (_, code) => (state.hidden.has(code) ? 0 : 1));
    const image = new ImageData(256, 256);
    const pixels = image.data;
    const faintest = byIsolation ? FAINTEST_ISOLATION : FAINTEST;
    const strength = (1 - faintest) / Math.log(1 + Math.max(1, data.peaks[tile.level]));
    for (let at = 0; at < cell.length;) {
      const here = cell[at];
      let [rows, red, green, blue, isolated] = [0, 0, 0, 0, 0];
      for (; at < cell.length && cell[at] === here; at++) {
        if (!isShown[classes[at]]) continue;
        const n = counts[at];
        const ink = inks[classes[at]];
        rows += n;
        if (byIsolation) isolated += n * isolation[at];
        else {
          red += n * ink[0];
          green += n * ink[1];
          blue += n * ink[2];
        }
      }
      if (rows === 0) continue;
      if (byIsolation) {
        const ink = inks[Math.round(isolated / rows)];
        [red, green, blue] = [ink[0] * rows, ink[1] * rows, ink[2] * rows];
      }
      const to = ((255 - (here >> 8)) * 256 + (here & 255)) * 4;
      pixels[to] = red / rows;
      pixels[to + 1] = green / rows;
      pixels[to + 2] = blue / rows;
      pixels[to + 3] = 255 * (faintest + strength * Math.log(1 + rows));
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  // The picture, painted anew if colors have changed since; an old one, or null, where there is no time left for that.
  function of(tile, mayPaint) {
    let own = pictures.get(tile);
    const now = key();
    if (own?.key === now) return own.canvas;
    if (!mayPaint()) return own?.canvas ?? null;
    own = own ?? { canvas: dom.element("canvas", { width: 256, height: 256 }) };
    own.key = now;
    pictures.set(tile, own);
    paint(own.canvas, tile);
    return own.canvas;
  }

  return { ISOLATION, FAINTEST, of, colorOfClass, colors, isCurrent: (tile) => pictures.get(tile)?.key === key() };
});
