// The switches of what can lie over the map, and the zoom.
"use strict";

NM.define("layers", ["store", "view", "dom"], (store, view, dom) => {
  const { state } = store;
  const { byId } = dom;
  const NAMES = Object.keys(state.layers);

  function refresh() {
    for (const name of NAMES) byId(`layer-${name}`).setAttribute("aria-pressed", String(state.layers[name]));
  }

  function start() {
    for (const name of NAMES) {
      byId(`layer-${name}`).addEventListener("click", () => store.set({ layers: { ...state.layers, [name]: !state.layers[name] } }));
    }
    byId("zoom-in").addEventListener("click", () => view.zoomIn(1.5));
    byId("zoom-out").addEventListener("click", () => view.zoomIn(1 / 1.5));
    byId("zoom-reset").addEventListener("click", view.reset);
    store.on("layers", refresh);
    refresh();
  }

  return { start };
});
