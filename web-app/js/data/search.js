// Finds words in ids, texts and the names of levels.
"use strict";

NM.define("search", ["data", "names", "clauses", "filter"], (data, names, clauses, filter) => {
  const MAX_LEVELS = 6;
  const textColumns = data.columns.filter((column) => column.kind === "text");
  let ids = null;    // in lower case
  let texts = null;  // [{column, lower}], once they were read
  let levels = null; // {columns: those that they are of, all: [{column, code, lower}]}

  async function prepare() {
    ids = ids || (data.ids ? data.ids.map((id) => id.toLowerCase()) : []);
    const leveled = data.columns.filter((column) => column.levels);
    if (leveled.some((column, at) => levels?.columns[at] !== column) || levels?.columns.length !== leveled.length) {
      levels = { columns: leveled, all: leveled.flatMap((column) => column.levels.map((name, code) => ({ column, code, lower: name.toLowerCase() }))) };
    }
    texts = texts || await Promise.all(textColumns.map(async (column) => ({ column, lower: await clauses.read(column) })));
  }

  // The column of text in which an item has the words; null where it is its id.
  const placeOf = (item, wanted) => texts.find(({ lower }) => lower[item]?.includes(wanted))?.column ?? null;

  // {items: those that pass the filter, of an id that begins so first; levels; left: how many the filter leaves out}
  function find(given) {
    const wanted = given.trim().toLowerCase();
    if (wanted === "" || texts === null) return { items: [], levels: [], left: 0 };
    const [first, second, third] = [[], [], []];
    let left = 0;
    for (let i = 0; i < data.points; i++) {
      const at = ids.length > 0 ? ids[i].indexOf(wanted) : -1;
      let found = at >= 0;
      for (let t = 0; t < texts.length && !found; t++) found = texts[t].lower[i] !== null && texts[t].lower[i].includes(wanted);
      if (!found) continue;
      if (!filter.passes(i)) left++;
      else (at === 0 ? first : at > 0 ? second : third).push(i);
    }
    const own = names.find(given);
    const items = [...first, ...second, ...third];
    if (own >= 0 && items[0] !== own) items.splice(0, items.length, own, ...items.filter((item) => item !== own));
    const named = levels.all.filter(({ lower }) => lower.includes(wanted));
    named.sort((a, b) => Number(b.lower.startsWith(wanted)) - Number(a.lower.startsWith(wanted)) || a.lower.length - b.lower.length);
    return { items, levels: named.slice(0, MAX_LEVELS), left };
  }

  return { prepare, find, placeOf };
});
