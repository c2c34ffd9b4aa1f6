// The one namespace, and the one place where the page's state lives.
(function () {
  "use strict";

  const listeners = [];

  const state = {
    map: 0,              // which of data.maps is shown
    view: null,          // {x0, x1, y0, y1} in the map's units
    picked: -1,          // the item in the panel: under the pointer, chosen by key, or pinned
    pinned: -1,
    color: "class",      // "class", "trust", "continuity", "error" or "latent:<dimension>"
    hidden: new Set(),   // class numbers drawn as grey context and never picked
    mode: "pan",         // what a drag does: "pan", "lasso" or "box"
    path: [],            // up to two items: the ends of a path
    selection: null,     // Uint32Array of items, or null
    distance: false,     // true while D is held
    layers: { thumbnails: true, names: true, density: false },
  };

  // Changes several keys at once, then tells each listener that watches one of them, once.
  function set(patch) {
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
    listeners.push({ keys: keys.split(" "), run });
  }

  const byId = (id) => document.getElementById(id);

  // Every text on the page goes through textContent: data.js may hold any string.
  function element(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "text") node.textContent = value;
      else if (name in node && typeof value === "function") node[name] = value;
      else node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  const number = new Intl.NumberFormat("en");

  window.NeuralManifold = {
    state, set, on, byId, element,
    count: (n) => number.format(n),
    reducedMotion: () => window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    data: null,
    scriptTrouble: null,
  };

  // data.js is the next script. A file that is absent fails to load; one that is cut short does not parse.
  window.addEventListener("error", (event) => {
    if (event.target && event.target.id === "data-script") window.NeuralManifold.scriptTrouble = "missing";
    else if (/data\.js/.test(event.filename || "")) window.NeuralManifold.scriptTrouble = "damaged";
  }, true);
})();
