// A notebook's cell that holds the page: it is told what is selected, and may select.
"use strict";

NM.define("host", ["store", "data"], (store, data) => {
  const { state } = store;

  function tell(said) {
    // The cell's frame keeps the page apart from the notebook: neither knows the other's address.
    window.parent.postMessage({ neuralManifold: 1, ...said }, "*");
  }

  function heard(event) {
    const rows = event.source === window.parent && event.data?.neuralManifold === 1 && event.data.select;
    if (!Array.isArray(rows)) return;
    const known = rows.filter((row) => Number.isInteger(row) && row >= 0 && row < data.points);
    store.set({ selection: known.length > 0 ? Uint32Array.from(known).sort() : null });
  }

  function start() {
    if (window.parent === window) return;
    window.addEventListener("message", heard);
    store.on("selection", () => tell({ selection: Array.from(state.selection || []) }));
    tell({ ready: true });
  }

  return { start };
});
