// The panel's tabs, and on a phone the sheet that holds them.
(function () {
  "use strict";
  const NM = window.NeuralManifold;
  const { byId } = NM;

  let tabs;

  function open(name) {
    for (const tab of tabs) {
      const chosen = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      byId(tab.getAttribute("aria-controls")).hidden = !chosen;
    }
    byId("panes").scrollTop = 0;
    document.dispatchEvent(new CustomEvent("tab-opened", { detail: name }));
  }

  function key(event) {
    const at = tabs.indexOf(event.target);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const tab = tabs[(to + tabs.length) % tabs.length];
    open(tab.id.slice(4));
    tab.focus();
  }

  const sheet = (opened) => {
    document.body.classList.toggle("sheet-open", opened);
    byId("sheet-toggle").setAttribute("aria-expanded", String(opened));
  };

  // On a phone the open sheet lies over the map: the item must not be under it.
  function uncover(item) {
    if (!window.matchMedia("(max-width: 760px)").matches) return;
    const { x, y } = NM.data.maps[NM.state.map];
    const [, py] = NM.view.toScreen(NM.view.frame(), x[item], y[item]);
    const free = window.innerHeight - byId("panel").offsetHeight - byId("stage").getBoundingClientRect().top;
    if (py > free - 24) NM.view.panBy(0, free / 2 - py);
  }

  function start() {
    tabs = [...document.querySelectorAll("[role=tab]")];
    for (const tab of tabs) {
      tab.addEventListener("click", () => { open(tab.id.slice(4)); sheet(true); });
      tab.addEventListener("keydown", key);
    }
    byId("sheet-toggle").addEventListener("click", () => sheet(!document.body.classList.contains("sheet-open")));
    NM.on("pinned", (state) => {
      if (state.pinned >= 0) {
        open("item");
        sheet(true);
        uncover(state.pinned);
      } else if (state.picked < 0) {
        sheet(false);
      }
    });
  }

  NM.tabs = { start, open, sheet };
})();
