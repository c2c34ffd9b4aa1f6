// On a phone the panel is a sheet at the bottom, and the map has the room above it.
"use strict";

NM.define("sheet", ["store", "dom"], (store, dom) => {
  const { state } = store;

  function refresh() {
    document.body.classList.toggle("sheet-open", state.sheet);
    dom.byId("sheet-toggle").setAttribute("aria-expanded", String(state.sheet));
  }

  function start() {
    dom.byId("sheet-toggle").addEventListener("click", () => store.set({ sheet: !state.sheet }));
    store.on("sheet", refresh);
    store.on("pinned", () => {
      if (state.pinned >= 0) store.set({ sheet: true });
      else if (state.focused < 0) store.set({ sheet: false });
    });
  }

  return { start };
});
