// The clusters that the exporter found. Each is called by what sets it apart from all, its commonest levels or words, once
// the page is there: to weigh them takes a moment.
"use strict";

NM.define("clusters", ["store", "data", "measures", "bits", "filter", "stands_out", "speech", "words"], (store, data, measures, bits, filter, standsOut, speech, words) => {
  const MAX_PARTS = 3; // of a name
  const AS_TELLING = 0.4; // of the weight of the first part, so much must another have
  const at = data.columns.indexOf(data.clusters);
  // What is measured of a map says nothing of what its items are, and a person's tags may be of anything.
  const notNaming = () => measures.all().filter((column) => column === data.clusters || column.mode || column.isOwn).map(({ name }) => name);

  function itemsOf(code) {
    const { codes } = data.clusters;
    const set = bits.none();
    for (let i = 0; i < codes.length; i++) if (codes[i] === code) bits.add(set, i);
    return bits.items(set);
  }

  function worded({ column, what, clause }) {
    if (clause?.op === "has") return clause.words;
    return column.kind === "category" || column.kind === "tags" ? what : `${column.name} ${what}`;
  }

  // Levels and words first; a number names a cluster where nothing else does. The parts of a name are of one column; a longer
  // name has a level of another beside them, by which those of one name are told apart.
  async function namesOf(items) {
    const found = await standsOut.of(items, notNaming(), 12);
    const first = found.find(({ clause }) => clause !== null) ?? found[0];
    if (!first) return null;
    const telling = found.filter(({ weight, clause }) => clause && weight >= AS_TELLING * first.weight);
    const parts = telling.filter((part) => part !== first && part.column === first.column);
    const name = [first, ...parts].slice(0, MAX_PARTS).map(worded).join(", ");
    const other = telling.find(({ column, clause }) => column !== first.column && clause.op === "in");
    return [name, other ? `${name}, ${worded(other)}` : name];
  }

  // Of those that would be called the same the longer names are taken, and what is the same then is numbered.
  function apart(pairs) {
    const isShared = (name, names) => names.indexOf(name) !== names.lastIndexOf(name);
    const short = pairs.map(([name]) => name);
    const names = pairs.map(([name, longer]) => (isShared(name, short) ? longer : name));
    const seen = new Map();
    return names.map((name) => {
      seen.set(name, (seen.get(name) || 0) + 1);
      return isShared(name, names) ? words.clusters.numbered(name, seen.get(name)) : name;
    });
  }

  // A column of its own, made anew, so that whatever was found of the one before is found anew.
  async function name() {
    const pairs = [];
    for (const [code, given] of data.clusters.levels.entries()) {
      pairs.push(await namesOf(itemsOf(code)) ?? [given, given]);
      await new Promise((done) => { setTimeout(done); }); // the page answers in between
    }
    data.clusters = { ...data.clusters, levels: apart(pairs) };
    data.columns[at] = data.clusters;
    store.set({ named: true });
  }

  function select(code) {
    const items = itemsOf(code).filter(filter.passes);
    store.set({ selection: items.length > 0 ? items : null });
    if (items.length === 0) speech.say(words.clusters.left);
  }

  function start() {
    if (data.clusters) setTimeout(name);
  }

  return { start, select, itemsOf };
});
