// The panel's tabs.
"use strict";

NM.define("tabs", ["store", "dom"], (store, dom) => {
  const { state } = store;
  let tabs;

  const nameOf = (tab) => tab.id.slice("tab-".length);

  function refresh() {
    for (const tab of tabs) {
      const chosen = nameOf(tab) === state.tab;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      dom.byId(tab.getAttribute("aria-controls")).hidden = !chosen;
      if (chosen) tab.parentNode.scrollLeft = tab.offsetLeft - tab.parentNode.offsetLeft - 40; // where not all have room
    }
    dom.byId("panes").scrollTop = 0;
  }

  function key(event) {
    const shown = tabs.filter((tab) => !tab.hidden);
    const at = shown.indexOf(event.target);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: shown.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const tab = shown[(to + shown.length) % shown.length];
    store.set({ tab: nameOf(tab) });
    tab.focus();
  }

  function start() {
    tabs = [...document.querySelectorAll("[role=tab]")];
    for (const tab of tabs) {
      tab.addEventListener("click", () => store.set({ tab: nameOf(tab), sheet: true }));
      tab.addEventListener("keydown", key);
    }
    store.on("tab", refresh);
    // Whoever goes through a list stays there: the next of it is there as well.
    store.on("pinned", () => { if (state.pinned >= 0 && state.tab !== "lists") store.set({ tab: "item" }); });
  }

  return { start };
});
