// The bins of a column, in which its points are counted: of numbers and dates equal steps between their ends, of levels one
// for each. The bin after the last is that of missing values.
"use strict";

NM.define("bins", ["data", "bits"], ({ points }, bits) => {
  const STEPS = 48;
  const known = new WeakMap(); // column -> its bins
  const ends = new WeakMap(); // values -> their ends, which the map's colors ask for as well

  // The least and the greatest of some values, [0, 0] where all are missing; a typed array's iterator takes ten times as long.
  function findEnds(values) {
    let [low, high] = [Infinity, -Infinity];
    for (let i = 0; i < values.length; i++) {
      if (values[i] < low) low = values[i];
      if (values[i] > high) high = values[i];
    }
    return low > high ? [0, 0] : [low, high];
  }

  function endsOf(values) {
    if (!ends.has(values)) ends.set(values, findEnds(values));
    return ends.get(values);
  }

  // Whole numbers of a small range have a bin each; of a larger one no bin holds more of them than another.
  function stepsOf({ kind }, low, high) {
    if (low === high) return { size: 1, from: low - 0.5, width: 1 };
    if (kind !== "integer") return { size: STEPS, from: low, width: (high - low) / STEPS };
    const width = Math.ceil((high - low + 1) / STEPS);
    return { size: Math.ceil((high - low + 1) / width), from: low - 0.5, width };
  }

  function ofNumbers(column) {
    const { values } = column;
    const [low, high] = endsOf(values);
    const { size, from, width } = stepsOf(column, low, high);
    const of = new Uint8Array(points);
    for (let i = 0; i < points; i++) {
      const value = values[i];
      of[i] = Number.isNaN(value) ? size : Math.min(size - 1, Math.floor((value - from) / width));
    }
    return { low, high, size, from, to: from + size * width, of };
  }

  function ofLevels({ levels, codes, offsets }) {
    const size = levels.length;
    if (offsets) return { size, of: null };
    const of = size < 255 ? new Uint8Array(points) : size < 65535 ? new Uint16Array(points) : new Uint32Array(points);
    for (let i = 0; i < points; i++) of[i] = codes[i] < 0 ? size : codes[i];
    return { size, of };
  }

  function make(column) {
    const made = column.values ? ofNumbers(column) : ofLevels(column);
    return { ...made, totals: tally(column, made, bits.every()) };
  }

  // Of tags a point has several, or none.
  function tallyTags({ codes, offsets }, passing, counts) {
    for (const i of bits.items(passing)) {
      for (let at = offsets[i]; at < offsets[i + 1]; at++) counts[codes[at] < 0 ? counts.length - 1 : codes[at]]++;
    }
    return counts;
  }

  function tally(column, own, passing, counts = new Uint32Array(own.size + 1)) {
    return own.of ? bits.tally(passing, own.of, counts) : tallyTags(column, passing, counts.fill(0));
  }

  function of(column) {
    if (!known.has(column)) known.set(column, make(column));
    return known.get(column);
  }

  // How many points of a set lie in each bin, the missing last; written into counts where they are given.
  return { of, endsOf, count: (column, passing, counts) => tally(column, of(column), passing, counts) };
});
