// The words that a person gives to items. They are a column like those that came with the data: of a kind "tags", made anew
// with each change, so that whatever was found of the one before is found anew.
"use strict";

NM.define("tags", ["store", "data", "bits", "measures", "words"], (store, data, bits, measures, words) => {
  const { state } = store;
  const NAME = measures.all().some(({ name }) => name.toLowerCase() === words.tags.title.toLowerCase()) ? words.tags.mine : words.tags.title;

  function columnOf(tags) {
    const levels = [...tags.keys()];
    const sets = [...tags.values()];
    const offsets = new Uint32Array(data.points + 1);
    for (const set of sets) for (const i of bits.items(set)) offsets[i + 1]++;
    for (let i = 0; i < data.points; i++) offsets[i + 1] += offsets[i];
    const codes = new Int32Array(offsets[data.points]);
    const next = offsets.slice();
    sets.forEach((set, code) => { for (const i of bits.items(set)) codes[next[i]++] = code; });
    return { name: NAME, kind: "tags", missing: 0, days: false, isOwn: true, levels, codes, offsets };
  }

  // In its place among the columns, or none where there is no tag.
  function putColumn() {
    const at = data.columns.findIndex((column) => column.isOwn);
    const made = state.tags.size > 0 ? [columnOf(state.tags)] : [];
    data.columns.splice(at < 0 ? data.columns.length : at, at < 0 ? 0 : 1, ...made);
  }

  // The codes of a filter are places among the words: it is dropped where they change, and else asks anew.
  function set(tags) {
    const same = [...tags.keys()].every((word, at) => [...state.tags.keys()][at] === word) && tags.size >= state.tags.size;
    const filter = state.filter.filter((clause) => same || clause.column !== NAME);
    store.set({ tags, filter: state.filter.some((clause) => clause.column === NAME) ? filter : state.filter });
  }

  function add(word, items) {
    const before = state.tags.get(word);
    const now = before ? before.slice() : bits.none();
    for (const i of items) bits.add(now, i);
    set(new Map(state.tags).set(word, now));
  }

  function remove(word, items) {
    const gone = bits.of(items);
    const now = state.tags.get(word).map((own, w) => own & ~gone[w]);
    const tags = new Map(state.tags);
    if (bits.count(now) > 0) tags.set(word, now);
    else tags.delete(word);
    set(tags);
  }

  function drop(word) {
    const tags = new Map(state.tags);
    tags.delete(word);
    set(tags);
  }

  // Before all others hear of it, so that each finds the column in its place.
  store.on("tags", putColumn);

  return { add, remove, drop, name: NAME };
});
