// The one place where the page's state lives.
"use strict";

NM.define("store", [], () => {
  const listeners = [];

  const state = {
    map: 0,              // which of data.maps is shown
    beside: -1,          // which of data.maps is shown beside it, or -1
    frame: -1,           // which of the map's frames is shown, or -1: the map itself, which is the last
    playing: false,      // whether its frames are played
    view: null,          // {x0, x1, y0, y1} in the map's units
    focused: -1,         // the item in the panel: under the pointer, chosen by key, or pinned
    pinned: -1,
    edited: null,        // the focused item's latent vector as the reader changed it
    compared: null,      // the focused item's neighbors, once they are found: what neighbors.compare gives
    color: "class",      // the key of a color mode
    byRank: false,       // whether a ramp's shades go by the rank of a value
    painted: null,       // {group, colors} of all points as the map shows them, which of many are a moment behind the choice
    filter: [],          // clauses that a point must all pass; what does not is gray on the map and never picked
    brushing: false,     // a clause is being dragged: what takes longer than a frame waits for its end
    picked: new Map(),   // a column's name -> the codes of its levels that the reader picked in the legend
    mode: "pan",         // what a drag does: "pan", "lasso" or "box"
    path: [],            // up to two items: the ends of a path
    pathSteps: null,     // {steps: [{t, item, distance}], limit}: the path's way past real items, once it is found
    pathHere: -1,        // the real item nearest to the path's slider
    selection: null,     // Uint32Array of items, or null
    found: null,         // Uint32Array of the items that a search found, or null
    drawn: null,         // {map, corners, selection}: the line drawn last, and what it selected
    distance: false,     // true while D is held
    layers: { thumbnails: true, names: true, density: false },
    tab: "item",         // "item", "columns", "path", "selection", "lists" or "classes"
    dropped: null,      // {name, planes, vector, around: what place.around gives}: a picture of the reader's
    named: false,        // whether the clusters have got the names that the page gives them
    titled: false,       // whether the titles of items have been read
    tags: new Map(),     // a word that the reader gave -> bitmap of its items
    table: false,        // whether the table is shown below the map
    sheet: false,        // on a phone: whether the panel is drawn up
    vectors: null,       // whether the vector is shown; null: as suits its origin and size
    point: null,         // on a map of tiles: {tile, at}, the row under the pointer or chosen by key
    hidden: new Set(),   // on a map of tiles: codes of the classes that are not drawn
    theme: "light",      // or "dark"; whatever keeps a color watches it
  };

  // Changes several keys at once, then tells each listener that watches one of them, once.
  function set(patch) {
    // The edited vector and the neighbors are those of the focused item: they go with it.
    if ("focused" in patch && patch.focused !== state.focused) patch = { edited: null, compared: null, ...patch };
    // A frame is one of its map.
    if ("map" in patch && patch.map !== state.map) patch = { frame: -1, playing: false, ...patch };
    const changed = new Set();
    for (const key of Object.keys(patch)) {
      if (state[key] !== patch[key]) {
        state[key] = patch[key];
        changed.add(key);
      }
    }
    if (changed.size === 0) return;
    for (const listener of listeners) {
      if (listener.keys.some((key) => changed.has(key))) listener.run(state, changed);
    }
  }

  function on(keys, run) {
    for (const key of keys.split(" ")) if (!(key in state)) throw new Error(`the store has no key “${key}”`);
    listeners.push({ keys: keys.split(" "), run });
  }

  return { state, set, on };
});
