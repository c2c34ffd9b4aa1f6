// What a filter can ask. A clause never changes once it is made; the points that it lets through are found once.
//   {op: "in", column, codes}      one of these levels; the code -1 is "missing"
//   {op: "not", column, codes}     none of these levels
//   {op: "from", column, low, high} a number or a date between two ends, both included
//   {op: "has", column, words}     a text with these words in it, in whatever case
//   {op: "missing" | "given", column}
//   {op: "within", map, corners}   inside a line drawn on a map
"use strict";

NM.define("clauses", ["data", "measures", "bits", "region", "columns", "words"], (data, measures, bits, region, columns, words) => {
  const found = new WeakMap(); // clause -> its column when they were found, and its points
  const lowered = new Map();   // a column of text -> its texts in lower case, null where one is missing

  const columnOf = (clause) => measures.find(clause.column);
  // A filter has one clause for each column, and one for each map.
  const target = (clause) => (clause.op === "within" ? `map:${clause.map}` : `column:${clause.column}`);

  async function read(column) {
    if (!lowered.has(column)) {
      const texts = await column.texts();
      lowered.set(column, texts.map((own) => (own === null ? null : own.toLowerCase())));
    }
    return lowered.get(column);
  }

  // Whether the points can be found now: texts are read when they are first asked for.
  const isReady = (clause) => columnOf(clause)?.kind !== "text" || lowered.has(columnOf(clause));

  function ofCodes({ codes, offsets, levels }, wanted, not) {
    const marks = new Uint8Array(levels.length + 1); // the last is that of a missing level
    for (const code of wanted) marks[code < 0 ? levels.length : code] = 1;
    const set = bits.none();
    if (offsets) {
      for (let i = 0; i < data.points; i++) {
        let any = 0;
        for (let at = offsets[i]; at < offsets[i + 1]; at++) any |= marks[codes[at] < 0 ? levels.length : codes[at]];
        if (any !== not) bits.add(set, i);
      }
    } else {
      for (let i = 0; i < codes.length; i++) set[i >>> 5] |= (marks[codes[i] < 0 ? levels.length : codes[i]] ^ not) << (i & 31);
    }
    return set;
  }

  function ofRange({ values }, low, high) {
    const set = bits.none();
    for (let w = 0, i = 0; w < set.length; w++) {
      let word = 0;
      const end = Math.min(i + 32, values.length);
      for (; i < end; i++) word |= (values[i] >= low && values[i] <= high ? 1 : 0) << (i & 31);
      set[w] = word;
    }
    return set;
  }

  function isMissing(column) {
    if (column.kind === "text") {
      const texts = lowered.get(column);
      return (i) => texts[i] === null;
    }
    if (column.offsets) return (i) => column.offsets[i + 1] === column.offsets[i] + 1 && column.codes[column.offsets[i]] < 0;
    return column.codes ? (i) => column.codes[i] < 0 : (i) => Number.isNaN(column.values[i]);
  }

  function where(accept) {
    const set = bits.none();
    for (let i = 0; i < data.points; i++) if (accept(i)) bits.add(set, i);
    return set;
  }

  function find(clause) {
    const { op } = clause;
    const column = columnOf(clause);
    if (op === "in" || op === "not") return ofCodes(column, clause.codes, op === "not" ? 1 : 0);
    if (op === "from") return ofRange(column, clause.low, clause.high);
    if (op === "within") {
      const set = bits.none();
      region.within(data.maps.find((map) => map.name === clause.map), clause.corners, (i) => bits.add(set, i));
      return set;
    }
    if (op === "has") {
      const wanted = clause.words.toLowerCase();
      const texts = lowered.get(column);
      return where((i) => texts[i] !== null && texts[i].includes(wanted));
    }
    const missing = isMissing(column);
    return where(op === "missing" ? missing : (i) => !missing(i));
  }

  function points(clause) {
    const column = columnOf(clause);
    const known = found.get(clause);
    if (!known || known.column !== column) found.set(clause, { column, set: find(clause) });
    return found.get(clause).set;
  }

  function named(column, codes) {
    const names = codes.map((code) => (code < 0 ? column.none ?? words.missing : column.levels[code]));
    return names.length > 3 ? words.filter.more(names.slice(0, 2).join(", "), names.length - 2) : names.join(", ");
  }

  // A clause in words: the column's name, and what is asked of it.
  function describe(clause) {
    const column = columnOf(clause);
    const { op, low, high } = clause;
    if (op === "within") return [clause.map, words.filter.inside];
    if (op === "has") return [column.name, words.filter.has(clause.words)];
    if (op === "in" || op === "not") return [column.name, op === "not" ? words.not(named(column, clause.codes)) : named(column, clause.codes)];
    if (op !== "from") return [column.name, op === "missing" ? column.none ?? words.missing : words.filter.given];
    const ends = Number.isFinite(high) && Number.isFinite(low) ? columns.formatter(column, low, high) : columns.formatter(column, low, low);
    if (!Number.isFinite(low)) return [column.name, `≤ ${columns.formatter(column, high, high)(high)}`];
    return [column.name, Number.isFinite(high) ? words.filter.from(ends(low), ends(high)) : `≥ ${ends(low)}`];
  }

  return { columnOf, target, read, isReady, points, describe };
});
