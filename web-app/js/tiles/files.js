// The tiles that are in memory: fetched by script tags, which a page opened from a file may use, and dropped when others are
// wanted. One that is missing or damaged is told in a sentence, and what lies above it goes on being drawn.
"use strict";

NM.define("files", ["tile", "words", "dom"], (tile, words, dom) => {
  const MOST = 96;      // tiles in memory, of half a megabyte at the most
  const AT_ONCE = 6;    // scripts on their way
  const held = new Map(); // name -> {tile: null until it is there, used: when it was wanted last}
  const failed = new Map(); // name -> "missing" or "damaged"
  const listeners = [];
  let wanted = [];      // {level, number}, the most needed first
  let loading = 0;
  let clock = 0;

  function fail(name, how) {
    held.delete(name);
    failed.set(name, how);
    const others = failed.size - 1;
    const [first] = failed.keys();
    dom.byId("map-note").textContent = others === 0 ? words.tiles.file[how](first) : words.tiles.files(first, others);
    dom.byId("map-note").hidden = false;
  }

  function finished() {
    loading--;
    fetchNext();
    for (const run of listeners) run();
  }

  function fetchOne({ level, number }, name) {
    const entry = { tile: null, used: clock };
    held.set(name, entry);
    loading++;
    const script = dom.element("script", { src: `tiles/${name}.js` });
    script.addEventListener("load", async () => {
      const said = window.NEURAL_MANIFOLD_TILES[name];
      delete window.NEURAL_MANIFOLD_TILES[name];
      script.remove();
      try {
        entry.tile = await tile.read(level, number, said);
      } catch {
        fail(name, "damaged");
      }
      finished();
    });
    script.addEventListener("error", () => {
      script.remove();
      fail(name, "missing");
      finished();
    });
    document.head.append(script);
  }

  function fetchNext() {
    for (const one of wanted) {
      if (loading >= AT_ONCE) return;
      const name = tile.nameOf(one.level, one.number);
      if (!held.has(name) && !failed.has(name)) fetchOne(one, name);
    }
  }

  function drop() {
    const idle = [...held].filter(([, entry]) => entry.tile && entry.tile.level > 0 && entry.used < clock);
    idle.sort(([, a], [, b]) => a.used - b.used);
    for (const [name] of idle.slice(0, Math.max(0, held.size - MOST))) held.delete(name);
  }

  // What is to be in memory now; what was wanted before and is not on its way is no longer fetched.
  function want(list) {
    clock++;
    wanted = list;
    for (const { level, number } of list) {
      const entry = held.get(tile.nameOf(level, number));
      if (entry) entry.used = clock;
    }
    drop();
    fetchNext();
  }

  window.NEURAL_MANIFOLD_TILES = {};
  return {
    want,
    get: (level, number) => held.get(tile.nameOf(level, number))?.tile ?? null,
    hasFailed: (level, number) => failed.has(tile.nameOf(level, number)),
    onChange: (run) => listeners.push(run),
    ready: () => [...held.values()].filter((entry) => entry.tile).map((entry) => entry.tile),
  };
});
