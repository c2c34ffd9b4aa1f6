// Light or dark: as the system says, until the reader chooses.
(function () {
  "use strict";
  const NM = window.NeuralManifold;

  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const KEY = "neural-manifold-theme";

  // Some browsers refuse storage to a page opened from a file; the choice then lasts as long as the page.
  function stored() {
    try { return localStorage.getItem(KEY); } catch { return null; }
  }
  function store(theme) {
    try { localStorage.setItem(KEY, theme); } catch { /* see above */ }
  }

  let chosen = stored();

  function apply() {
    const theme = chosen || (system.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    const button = NM.byId("theme");
    if (button) button.setAttribute("aria-pressed", String(theme === "dark"));
  }

  function start(changed) {
    apply();
    NM.byId("theme").addEventListener("click", () => {
      chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
      store(chosen);
      apply();
      changed();
    });
    system.addEventListener("change", () => {
      apply();
      changed();
    });
  }

  apply(); // before the first paint, so that a dark page does not flash white
  NM.theme = { start };
})();
