// What an item is called: by the id that it has where it comes from, else by its number there.
"use strict";

NM.define("names", ["data", "words"], ({ ids, index }, words) => {
  const called = (item) => (ids ? ids[item] : words.called(index[item]));

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

  return { called, short: (item) => (ids ? ids[item] : String(index[item])), find, ofNumber };
});
