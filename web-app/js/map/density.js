// How densely points lie on a map: all of them and each level of the legend, counted on a raster and blurred.
"use strict";

NM.define("density", ["store", "data", "places", "bits", "filter", "color_modes", "slices"], ({ state }, data, places, bits, filter, colorModes, slices) => {
  const SIZE = 160;
  const MAX_CLASSES = 60; // of more levels those alone that have a color
  const PART = 8192; // points between two looks at the clock
  const FIRST_MS = 12; // what is counted within is there at once
  const cells = new WeakMap(); // place -> the cell of each of its points
  let known = new Map(); // map and levels -> what `of` gives
  let past = { place: null }; // the same of one earlier frame, which are too many to keep
  let latest = null; // {key, place, filter, found}: what was counted last
  let asked = null; // what is being counted: {key, place, filter}
  let settled = state.filter; // what those are of: under a brush the lines and names stay

  function blur(field) {
    const next = new Float32Array(field.length);
    for (let pass = 0; pass < 4; pass++) {
      for (const [step, other] of [[1, SIZE], [SIZE, 1]]) {
        for (let line = 0; line < SIZE; line++) {
          let [before, own] = [0, field[line * other]];
          for (let at = 0; at < SIZE; at++) {
            const after = at + 1 < SIZE ? field[line * other + (at + 1) * step] : 0;
            next[line * other + at * step] = (before + own + after) / 3;
            [before, own] = [own, after];
          }
        }
        field.set(next);
      }
    }
    return field;
  }

  function gridOver(extent) {
    const margin = 0.08;
    const [w, h] = [extent.x1 - extent.x0 || 1, extent.y1 - extent.y0 || 1];
    const x0 = extent.x0 - w * margin;
    const y0 = extent.y0 - h * margin;
    const [cx, cy] = [(w * (1 + 2 * margin)) / SIZE, (h * (1 + 2 * margin)) / SIZE];
    return {
      x: (column) => x0 + (column + 0.5) * cx, y: (row) => y0 + (row + 0.5) * cy,
      cellOf: (x, y) => Math.floor((y - y0) / cy) * SIZE + Math.floor((x - x0) / cx),
    };
  }

  // In which cell each point lies: found once for a map, and asked for with every other color and filter.
  function* cellsOf(place, { cellOf }) {
    if (!cells.has(place)) {
      const { x, y } = place;
      const own = new Uint16Array(data.points);
      for (const [from, to] of parts()) {
        for (let i = from; i < to; i++) own[i] = cellOf(x[i], y[i]);
        yield;
      }
      cells.set(place, own);
    }
    return cells.get(place);
  }

  function* parts() {
    for (let from = 0; from < data.points; from += PART) yield [from, Math.min(data.points, from + PART)];
  }

  function* counting(place, levels, named) {
    const [passing, isWhole] = [filter.bits(), !filter.isOn()];
    const grid = gridOver(place.extent);
    const all = new Float32Array(SIZE * SIZE);
    const each = named.map((code) => ({ code, field: new Float32Array(SIZE * SIZE) }));
    const fieldOf = levels.names.map(() => null);
    for (const { code, field } of each) fieldOf[code] = field;
    const cell = yield* cellsOf(place, grid);
    for (const [from, to] of parts()) {
      for (let i = from; i < to; i++) {
        if (!isWhole && !bits.has(passing, i)) continue;
        const code = levels.of(i);
        all[cell[i]]++;
        const field = code < 0 ? null : fieldOf[code];
        if (field) field[cell[i]]++;
      }
      yield;
    }
    for (const field of [all, ...each.map((own) => own.field)]) {
      blur(field);
      yield;
    }
    return { grid, all, each };
  }

  // {grid, all: the density of the points that pass the filter, each: [{code, field}] of each level}. Of many points
  // that of the filter before, or null, and whenFound is called once they are counted.
  function of(mapNumber, whenFound) {
    const levels = colorModes.levels();
    const named = levels.names.length <= MAX_CLASSES ? levels.codes.filter((code) => code >= 0) : levels.chips();
    if (!state.brushing && settled !== state.filter) [settled, known] = [state.filter, new Map()];
    const key = JSON.stringify([mapNumber, levels.column?.name, named]);
    const place = places.of(mapNumber);
    const isPast = place !== data.maps[mapNumber];
    if (isPast && past.place === place && past.key === key && past.filter === settled) return past.found;
    if (!isPast && known.has(key)) return known.get(key);
    const before = latest?.key === key && latest.place === place ? latest.found : null;
    if (asked?.key === key && asked.place === place && asked.filter === settled) return before;
    const own = { key, place, filter: settled };
    const keep = (found) => {
      latest = { ...own, found };
      if (isPast) past = latest;
      else known.set(key, found);
      asked = null;
      return found;
    };
    const work = counting(place, levels, named);
    const first = slices.begin(work, FIRST_MS);
    if (first.done) return keep(first.value);
    asked = own;
    slices.run(work, () => asked === own).then((found) => {
      if (asked !== own) return;
      keep(found);
      whenFound();
    });
    return before;
  }

  return { SIZE, of };
});
