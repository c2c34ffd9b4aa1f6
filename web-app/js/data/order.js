// All points in the order of a column, those without a value last. Found when first asked for, then kept.
"use strict";

NM.define("order", ["data", "names"], (data, names) => {
  const known = new WeakMap(); // column -> {order, present: how many have a value}
  let byName = null;

  // By counting 16 bits at a time, the last first: a million numbers take a blink, where comparing them takes a second.
  function byKeys(keys) {
    const halves = new Uint16Array(keys.buffer, keys.byteOffset, keys.length * (keys.BYTES_PER_ELEMENT / 2));
    const per = keys.BYTES_PER_ELEMENT / 2;
    let order = Uint32Array.from({ length: keys.length }, (_, i) => i);
    let next = new Uint32Array(keys.length);
    for (let half = 0; half < per; half++) {
      const starts = new Uint32Array(65537);
      for (let i = 0; i < keys.length; i++) starts[halves[i * per + half] + 1]++;
      for (let value = 0; value < 65536; value++) starts[value + 1] += starts[value];
      for (let at = 0; at < order.length; at++) next[starts[halves[order[at] * per + half]]++] = order[at];
      [order, next] = [next, order];
    }
    return order;
  }

  // The bits of a number as an unsigned one of the same order; what is missing comes after all of them.
  function ofNumbers(values) {
    const numbers = Float64Array.from(values);
    const words = new Uint32Array(numbers.buffer);
    let present = 0;
    for (let i = 0; i < numbers.length; i++) {
      const [low, high] = [words[2 * i], words[2 * i + 1]];
      if (Number.isNaN(numbers[i])) words[2 * i] = words[2 * i + 1] = 0xffffffff;
      else {
        present++;
        const isNegative = high >>> 31 === 1;
        words[2 * i] = isNegative ? ~low : low;
        words[2 * i + 1] = isNegative ? ~high : high ^ 0x80000000;
      }
    }
    return { order: byKeys(numbers), present };
  }

  // Levels by their names, an item without one last. Of tags the first counts.
  function ofLevels({ levels, codes, offsets }) {
    const rank = new Uint32Array(levels.length);
    [...levels.keys()].sort((a, b) => compare(levels[a], levels[b])).forEach((code, at) => { rank[code] = at; });
    const codeOf = offsets ? (i) => (offsets[i + 1] > offsets[i] ? codes[offsets[i]] : -1) : (i) => codes[i];
    const keys = Uint32Array.from({ length: data.points }, (_, i) => (codeOf(i) < 0 ? levels.length : rank[codeOf(i)]));
    return { order: byKeys(keys), present: keys.reduce((sum, key) => sum + (key < levels.length ? 1 : 0), 0) };
  }

  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

  async function ofTexts(column) {
    const texts = await column.texts();
    const order = Uint32Array.from({ length: texts.length }, (_, i) => i);
    order.sort((a, b) => (texts[a] === null) - (texts[b] === null) || compare(texts[a], texts[b]) || a - b);
    return { order, present: texts.length - column.missing };
  }

  function ofNames() {
    if (!data.ids) return { order: byKeys(Uint32Array.from(data.index)), present: data.points };
    const order = Uint32Array.from({ length: data.points }, (_, i) => i);
    return { order: order.sort((a, b) => compare(names.short(a), names.short(b)) || a - b), present: data.points };
  }

  // column: null for the names of the items.
  async function of(column) {
    if (column === null) return (byName = byName || ofNames());
    if (!known.has(column)) known.set(column, column.kind === "text" ? ofTexts(column) : column.values ? ofNumbers(column.values) : ofLevels(column));
    return known.get(column);
  }

  return { of };
});
