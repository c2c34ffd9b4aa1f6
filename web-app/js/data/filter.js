// The one filter of the page: points pass that pass each of its clauses. What does not pass stays on the map in gray, and
// whatever counts, lists or saves points asks here.
"use strict";

NM.define("filter", ["store", "bits", "clauses"], (store, bits, clauses) => {
  const { state } = store;
  let joined = new WeakMap(); // a filter -> its points
  const awaited = new WeakSet(); // clauses whose texts are being read
  const every = bits.every();

  // Once the texts are there, whoever counts is told of a filter anew.
  function anew(clause) {
    joined = new WeakMap();
    if (state.filter.includes(clause)) store.set({ filter: [...state.filter] });
  }

  function join(some) {
    let all = null;
    for (const clause of some) {
      if (!clauses.isReady(clause)) {
        if (!awaited.has(clause)) clauses.read(clauses.columnOf(clause)).then(() => anew(clause));
        awaited.add(clause);
        continue;
      }
      all = all ? bits.both(all, clauses.points(clause)) : clauses.points(clause);
    }
    return all || every;
  }

  function current() {
    if (!joined.has(state.filter)) joined.set(state.filter, join(state.filter));
    return joined.get(state.filter);
  }

  const isOn = () => state.filter.length > 0;
  const clauseOf = (column) => state.filter.find((clause) => clause.column === column.name);

  // The points that pass what is asked of all other columns.
  function without(column) {
    const own = clauseOf(column);
    if (!own) return current();
    return join(state.filter.filter((clause) => clause !== own));
  }

  const others = (target) => state.filter.filter((clause) => clauses.target(clause) !== target);
  const set = (clause, more = {}) => store.set({ filter: [...others(clauses.target(clause)), clause], ...more });
  const drop = (target) => store.set({ filter: others(target) });
  const dropColumn = (column) => drop(`column:${column.name}`);

  // Whether a level passes what is asked of its own column.
  function keeps(column, code) {
    const clause = column && clauseOf(column);
    if (!clause) return true;
    if (clause.op === "in" || clause.op === "not") return clause.codes.includes(code) === (clause.op === "in");
    return (clause.op === "missing") === (code < 0);
  }

  // Lets a level through, or no longer. A filter that would leave no level is none: an empty map helps no one.
  function toggle(column, codes, code) {
    const keeping = codes.filter((other) => (other === code ? !keeps(column, other) : keeps(column, other)));
    if (keeping.length === 0 || keeping.length === codes.length) return dropColumn(column);
    if (2 * keeping.length <= codes.length) return set({ op: "in", column: column.name, codes: keeping });
    return set({ op: "not", column: column.name, codes: codes.filter((other) => !keeping.includes(other)) });
  }

  // Keeps a level: alone if none was asked for, else beside those that are kept already, or no longer. Of tags a point may
  // have several, and so it passes with any one of those asked for.
  function pick(column, codes, code) {
    const clause = clauseOf(column);
    const asked = clause?.op === "in" || clause?.op === "not";
    if (!asked) return set({ op: "in", column: column.name, codes: [code] });
    if (!column.offsets) return toggle(column, codes, code);
    const next = clause.codes.includes(code) ? clause.codes.filter((other) => other !== code) : [...clause.codes, code];
    return next.length > 0 ? set({ op: "in", column: column.name, codes: next }) : dropColumn(column);
  }

  // Leaves a level alone, or if it is already, lets all through.
  function solo(column, codes, code) {
    const alone = codes.every((other) => keeps(column, other) === (other === code));
    if (alone) dropColumn(column);
    else set({ op: "in", column: column.name, codes: [code] });
  }

  let counted = { bits: null, count: 0 };
  function count() {
    if (counted.bits !== current()) counted = { bits: current(), count: bits.count(current()) };
    return counted.count;
  }

  return {
    isOn, bits: current, without, clauseOf, set, drop, dropColumn, keeps, toggle, pick, solo, count,
    passes: (i) => state.filter.length === 0 || bits.has(current(), i),
    clear: () => store.set({ filter: [] }),
  };
});
