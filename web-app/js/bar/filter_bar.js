// The filter in words, over the map: how many points pass, and each clause with a way to drop it.
"use strict";

NM.define("filter_bar", ["store", "data", "filter", "clauses", "speech", "text", "dom"], (store, data, filter, clauses, speech, text, dom) => {
  const { state } = store;
  const { byId, element } = dom;

  const said = () => `${text.count(filter.count())} of ${text.count(data.points)}`;

  function chip(clause) {
    const [name, asked] = clauses.describe(clause);
    const button = element("button", { type: "button", title: `${name}: ${asked}`, "aria-label": `Drop the filter ${name}: ${asked}` },
      element("span", {}, element("b", { text: `${name} ` }), asked));
    button.addEventListener("click", () => {
      filter.drop(clauses.target(clause));
      byId("stage").focus({ preventScroll: true }); // the button is gone
    });
    return element("li", {}, button);
  }

  function refresh() {
    byId("filter-bar").hidden = !filter.isOn();
    if (!filter.isOn()) return;
    byId("filter-count").textContent = said();
    byId("filter-clauses").replaceChildren(...state.filter.map(chip));
  }

  function announce() {
    if (!state.brushing) speech.say(filter.isOn() ? `${said()} items pass the filter.` : "All items are shown.");
  }

  function start() {
    byId("filter-clear").addEventListener("click", () => {
      filter.clear();
      byId("stage").focus({ preventScroll: true });
    });
    store.on("filter", refresh);
    store.on("filter brushing", announce);
    refresh();
  }

  return { start };
});
