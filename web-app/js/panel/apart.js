// What sets the items at hand apart, in the tab of the selection. A click asks for it of all.
"use strict";

NM.define("apart", ["store", "stands_out", "at_hand", "color_modes", "filter", "words", "dom"], (store, standsOut, atHand, colorModes, filter, words, dom) => {
  const { state } = store;
  const { byId, element } = dom;
  let asked = 0;

  function row({ column, what, detail, clause }) {
    const button = element("button", { type: "button", title: clause ? words.selection.filterBy : words.selection.is(column.name, what) },
      element("span", {}, element("b", { text: `${column.name} ` }), what), element("small", { text: detail }));
    button.disabled = clause === null;
    if (clause) button.addEventListener("click", () => filter.set(clause, { selection: null }));
    return element("li", {}, button);
  }

  async function refresh() {
    if (state.tab !== "selection" || state.brushing) return;
    const ask = ++asked;
    const isOn = state.selection !== null || filter.isOn();
    // Of the legend's column the bars above tell already.
    const known = [...state.filter.map((clause) => clause.column), colorModes.levels().column?.name];
    const found = isOn ? await standsOut.of(atHand.items(), known) : [];
    if (ask !== asked) return;
    byId("apart").hidden = found.length === 0;
    byId("apart-rows").replaceChildren(...found.map(row));
  }

  function start() {
    store.on("tab selection filter tags brushing", refresh);
  }

  return { start };
});
