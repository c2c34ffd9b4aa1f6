// What an item is called: by its title, if those are short, and by the id that it has where it comes from, else by its
// number there. The titles are a column that is called so, else the texts that are read, of items without ids.
"use strict";

NM.define("names", ["store", "data", "classes", "words"], (store, { ids, index, titles: column }, classes, words) => {
  const LONGEST_TITLE = 60; // letters
  const SHORT = 0.95;       // of the texts, so many must be no longer

  const called = (item) => (ids ? ids[item] : words.called(index[item]));

  let titles = null; // once they are read and found to be short
  let reading = null;

  function title(item) {
    const own = titles?.[item]?.trim();
    if (!own) return null;
    return own.length > LONGEST_TITLE ? `${own.slice(0, LONGEST_TITLE)}…` : own;
  }

  // Its class, or "" where it has none.
  const classOf = (item) => (classes.column && classes.of(item) >= 0 ? classes.nameOf(item) : "");
  // All that it is called.
  const full = (item) => [title(item), classOf(item), called(item)].filter(Boolean).join(", ");
  // At the end of a path, where there is room for a few words.
  const brief = (item) => title(item) ?? plain(item);
  const plain = (item) => (classOf(item) ? `${classOf(item)} ${short(item)}` : called(item));
  const short = (item) => (ids ? ids[item] : String(index[item]));

  function areShort(texts) {
    let [n, within] = [0, 0];
    for (const own of texts) {
      if (own === null) continue;
      n++;
      if (own.length <= LONGEST_TITLE) within++;
    }
    return within >= SHORT * n;
  }

  // Done when it is known whether there are titles. A text that cannot be read is told where it is shown in full.
  function read() {
    reading ??= !column ? Promise.resolve() : column.texts().then((texts) => {
      if (!areShort(texts)) return;
      titles = texts;
      store.set({ titled: true });
    }, () => {});
    return reading;
  }

  let byId = null; // id -> item
  let byNumber = null;

  // The item of an id, or of a number of a row where no id is the same; -1 where there is none.
  function find(given) {
    const wanted = given.trim();
    if (ids) {
      byId = byId || new Map(ids.map((id, item) => [id, item]));
      if (byId.has(wanted)) return byId.get(wanted);
    }
    return /^\d+$/.test(wanted) ? ofNumber(Number(wanted)) : -1;
  }

  function ofNumber(number) {
    byNumber = byNumber || new Map(Array.from(index, (row, item) => [row, item]));
    return byNumber.has(number) ? byNumber.get(number) : -1;
  }

  return { called, short, title, classOf, full, brief, plain, read, find, ofNumber };
});
