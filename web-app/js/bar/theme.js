// Light or dark: as the system says, until the reader chooses.
"use strict";

(() => {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const KEY = "neural-manifold-theme";

  // Some browsers refuse storage to a page opened from a file; the choice then lasts as long as the page.
  function stored() {
    try { return localStorage.getItem(KEY); } catch { return null; }
  }
  function keep(theme) {
    try { localStorage.setItem(KEY, theme); } catch { /* see above */ }
  }

  let chosen = stored();
  const wanted = () => (chosen === "dark" || chosen === "light" ? chosen : system.matches ? "dark" : "light");
  const apply = (theme) => { document.documentElement.dataset.theme = theme; };

  apply(wanted()); // as the script is read, before the first paint: a dark page must not flash white

  NM.define("theme", ["store", "dom"], (store, dom) => {
    const { state } = store;

    // The style sheet follows before any other part does: whatever keeps a color needs "palette", which needs this part.
    store.on("theme", () => apply(state.theme));
    store.set({ theme: wanted() });
    system.addEventListener("change", () => store.set({ theme: wanted() }));

    function refresh() {
      dom.byId("theme").setAttribute("aria-pressed", String(state.theme === "dark"));
    }

    function start() {
      dom.byId("theme").addEventListener("click", () => {
        chosen = state.theme === "dark" ? "light" : "dark";
        keep(chosen);
        store.set({ theme: chosen });
      });
      store.on("theme", refresh);
      refresh();
    }

    return { start };
  });
})();
