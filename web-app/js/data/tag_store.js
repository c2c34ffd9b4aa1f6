// Tags outlast the page: they are kept in the browser, under a number made of what the items are called, by their ids or rows.
"use strict";

NM.define("tag_store", ["store", "data", "bits", "names"], (store, data, bits, names) => {
  const { state } = store;
  const HASHED = 5000; // so many of the names, evenly drawn, make the number
  let refused = false;

  // FNV-1a. The same items in another export have the same number.
  function digest() {
    let hash = 0x811c9dc5;
    const step = Math.max(1, Math.floor(data.points / HASHED));
    const eat = (words) => {
      for (let at = 0; at < words.length; at++) hash = Math.imul(hash ^ words.charCodeAt(at), 0x01000193);
    };
    eat(`${data.title} ${data.points}`);
    for (let i = 0; i < data.points; i += step) eat(names.short(i));
    return (hash >>> 0).toString(16);
  }

  const key = `neural-manifold-tags-${digest()}`;

  // {word: [ids or rows]}
  const plain = () => Object.fromEntries([...state.tags].map(([word, set]) => [word, Array.from(bits.items(set), names.short)]));

  function read() {
    try {
      const known = JSON.parse(localStorage.getItem(key) || "{}");
      const tags = new Map();
      for (const [word, own] of Object.entries(known)) {
        const items = own.map((name) => names.find(String(name))).filter((item) => item >= 0);
        if (items.length > 0) tags.set(word, bits.of(items));
      }
      if (tags.size > 0) store.set({ tags });
    } catch {
      refused = true;
    }
  }

  // Some browsers refuse storage to a page opened from a file, and none keeps all: the reader is told.
  function keep() {
    try {
      if (state.tags.size === 0) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(plain()));
      refused = false;
    } catch {
      refused = true;
    }
  }

  function start() {
    read();
    store.on("tags", keep);
  }

  return { start, plain, isRefused: () => refused };
});
