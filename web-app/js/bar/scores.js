// The scores of the map that is shown, or how it was made where it has none.
"use strict";

NM.define("scores", ["store", "data", "text", "dom"], (store, data, text, dom) => {
  const { element } = dom;

  const score = (name, value) => element("span", {}, element("span", { text: `${name} ` }),
    element("b", { text: Number.isFinite(value) ? value.toFixed(3) : "not measured" }));

  function refresh() {
    const { scores, note } = data.maps[store.state.map];
    dom.byId("scores").replaceChildren(...(scores ? [
      score("trustworthiness", scores.trustworthiness), score("continuity", scores.continuity), score("recall", scores.recall),
      element("span", { class: "basis", text: `k ${scores.k}, n ${text.count(scores.n)}` }),
    ] : [element("span", { text: note })]));
    dom.byId("scores").title = note;
  }

  function start() {
    store.on("map", refresh);
    refresh();
  }

  return { start };
});
