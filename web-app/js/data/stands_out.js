// What sets some items apart from all: the levels, words and numbers of which they have more. All are weighed by one
// measure, what knowing it of an item tells about it: p log(p / q) for a share p here of q in all, and half the square of
// the distance of two means in standard deviations.
"use strict";

NM.define("stands_out", ["data", "measures", "bins", "bits", "clauses", "columns", "text", "words"], (data, measures, bins, bits, clauses, columns, text, words) => {
  const LEAST = 0.05; // what tells less than this is not worth a line
  const FEWEST = 3;   // so many items must have it
  const MAX_TEXTS = 50000;
  const WORD = /[\p{L}\p{N}]{3,}/gu;
  const FUNCTION_WORDS = new Set((words.functionWords).split(" "));
  const AS_TELLING = 0.4; // of a word's weight, so much must a level have that says the word as well

  const gain = (here, n, all, points) => (here < FEWEST ? 0 : (here / n) * Math.log(here / n / (all / points)));

  const percent = (share) => (share < 0.01 ? `<${text.percent(0.01)}` : text.percent(share));
  const shares = (here, n, all) => words.selection.ofAll(percent(here / n), percent(all / data.points));

  function ofLevels(column, set, n) {
    const { totals, size } = bins.of(column);
    const counts = bins.count(column, set);
    const found = [];
    for (let code = 0; code < size; code++) {
      const weight = gain(counts[code], n, totals[code], data.points);
      if (weight < LEAST) continue;
      found.push({ weight, column, what: column.levels[code], detail: shares(counts[code], n, totals[code]), clause: { op: "in", column: column.name, codes: [code] } });
    }
    return found;
  }

  const spreads = new WeakMap(); // column -> {mean, deviation} of all
  function momentsOf(values, items) {
    let [n, sum, squares] = [0, 0, 0];
    const take = (value) => {
      if (Number.isNaN(value)) return;
      n++;
      sum += value;
      squares += value * value;
    };
    if (items) for (const i of items) take(values[i]);
    else for (const value of values) take(value);
    const mean = sum / n;
    return { n, mean, deviation: Math.sqrt(Math.max(0, squares / n - mean * mean)) };
  }

  function ofNumbers(column, items) {
    if (!spreads.has(column)) spreads.set(column, momentsOf(column.values, null));
    const all = spreads.get(column);
    const here = momentsOf(column.values, items);
    if (here.n < FEWEST || !(all.deviation > 0)) return [];
    const weight = ((here.mean - all.mean) / all.deviation) ** 2 / 2;
    if (weight < LEAST) return [];
    const [low, high] = [Math.min(here.mean, all.mean), Math.max(here.mean, all.mean)];
    const write = column.kind === "date" ? columns.formatter(column, low, high) : text.withinRange(low, high); // a mean is no whole number
    const what = column.kind === "date" ? (here.mean > all.mean ? words.selection.later : words.selection.earlier) : here.mean > all.mean ? words.selection.higher : words.selection.lower;
    return [{ weight, column, what, detail: words.selection.ofAll(write(here.mean), write(all.mean)), clause: null }];
  }

  const dictionaries = new WeakMap(); // column -> {words: each item's, once each, counts: in how many items each is}
  async function dictionaryOf(column) {
    if (dictionaries.has(column)) return dictionaries.get(column);
    const texts = await clauses.read(column);
    const counts = new Map();
    const found = texts.map((own) => (own === null ? [] : [...new Set(own.match(WORD) || [])].filter((word) => !FUNCTION_WORDS.has(word))));
    for (const own of found) for (const word of own) counts.set(word, (counts.get(word) || 0) + 1);
    dictionaries.set(column, { words: found, counts });
    return dictionaries.get(column);
  }

  async function ofWords(column, items) {
    if (data.points > MAX_TEXTS) return [];
    const { words: found, counts } = await dictionaryOf(column);
    const here = new Map();
    for (const i of items) for (const word of found[i]) here.set(word, (here.get(word) || 0) + 1);
    return [...here].map(([word, n]) => ({
      weight: gain(n, items.length, counts.get(word), data.points), column, what: words.quoted(word),
      detail: shares(n, items.length, counts.get(word)), clause: { op: "has", column: column.name, words: word },
    })).filter(({ weight }) => weight >= LEAST);
  }

  // A level in whose name a word stands says it better.
  function isSaid({ weight, clause }, found) {
    const says = (level) => level.clause?.op === "in" && level.weight >= AS_TELLING * weight && (level.what.toLowerCase().match(WORD) || []).includes(clause.words);
    return clause?.op === "has" && found.some(says);
  }

  // [{weight, column, what, detail, clause: the filter that asks for it, or null}], what tells most first. `asked`: the names
  // of columns of which it is known already.
  async function of(items, asked = [], most = 6) {
    if (items.length < FEWEST || items.length === data.points) return [];
    const set = bits.of(items);
    const found = [];
    for (const column of measures.all()) {
      if (asked.includes(column.name)) continue;
      if (column.kind === "text") found.push(...await ofWords(column, items));
      else found.push(...(column.values ? ofNumbers(column, items) : ofLevels(column, set, items.length)));
    }
    const sorted = found.sort((a, b) => b.weight - a.weight);
    return sorted.filter((one) => !isSaid(one, sorted)).slice(0, most);
  }

  return { of };
});
