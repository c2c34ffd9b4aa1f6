// The levels of a column of categories or tags: how many items have each, and its color. Up to MAX_CHIPS levels have
// a color of their own; of more, the largest have, and those that the reader picked.
"use strict";

NM.define("levels", ["store", "palette", "words"], ({ state }, palette, words) => {
  const MISSING = -1;
  const MAX_CHIPS = 12;
  const { N_CLASS_COLORS, OTHER } = palette;
  const known = new WeakMap(); // column -> its levels

  const none = {
    column: null, MISSING, names: [], codes: [], few: true, missing: 0, of: () => 0, count: () => 0, nameOfCode: () => words.item,
    nameOf: () => words.item, slot: () => 0, colorOf: () => palette.classColor(0), chips: () => [], picks: () => [],
  };

  function make(column) {
    const { levels: names, codes: stored, missing } = column;
    const counts = new Uint32Array(names.length);
    for (let i = 0; i < stored.length; i++) if (stored[i] >= 0) counts[stored[i]]++; // an iterator takes ten times as long
    const few = names.length <= MAX_CHIPS;
    // Ranked when first asked for: ten thousand names take a moment to sort.
    let ranked = null;
    let rank = null;
    function order() {
      if (!ranked) {
        ranked = Uint32Array.from(names.keys()).sort((a, b) => counts[b] - counts[a] || a - b);
        rank = new Map(Array.from(ranked.subarray(0, MAX_CHIPS), (code, at) => [code, at]));
      }
      return ranked;
    }
    const picks = () => state.picked.get(column.name) || [];

    // Which of the palette's colors a level has.
    function slot(code) {
      if (code < 0 || few) return code;
      order();
      if (rank.has(code)) return rank.get(code);
      const picked = picks().filter((pick) => !rank.has(pick)).indexOf(code);
      return picked < 0 ? OTHER : MAX_CHIPS + (picked % (N_CLASS_COLORS - MAX_CHIPS));
    }

    // The levels that have a color, the largest first where there are many.
    function chips() {
      if (few) return [...names.keys()];
      const largest = Array.from(order().subarray(0, MAX_CHIPS));
      return [...largest, ...picks().filter((code) => !largest.includes(code))];
    }

    const nameOfCode = (code) => (code < 0 ? column.none ?? words.missing : names[code]);
    return {
      column, MISSING, names, few, missing, order, slot, chips, picks, nameOfCode,
      codes: missing > 0 ? [...names.keys(), MISSING] : [...names.keys()], // all that an item can have, in the order of the legend
      count: (code) => (code < 0 ? missing : counts[code]),
      of: (item) => stored[item],
      nameOf: (item) => nameOfCode(stored[item]),
      colorOf: (code) => palette.slotColor(slot(code)),
    };
  }

  function of(column) {
    if (!column) return none;
    if (!known.has(column)) known.set(column, make(column));
    return known.get(column);
  }

  // Whether an item has a tag; undefined where it is not known of any.
  function hasTag(column, item, code) {
    const [from, to] = [column.offsets[item], column.offsets[item + 1]];
    if (to === from + 1 && column.codes[from] < 0) return undefined;
    for (let at = from; at < to; at++) if (column.codes[at] === code) return true;
    return false;
  }

  return { MISSING, MAX_CHIPS, of, hasTag };
});
