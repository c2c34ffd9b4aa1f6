// The scores of the map that is shown, or how it was made where it has none.
"use strict";

NM.define("scores", ["store", "data", "places", "text", "words", "dom"], (store, data, places, text, words, dom) => {
  const { element } = dom;

  const score = (name, value) => element("span", {}, element("span", { text: `${name} ` }),
    element("b", { text: Number.isFinite(value) ? text.fixed(value, 3) : words.bar.unmeasured }));

  function refresh() {
    const { scores, note } = data.maps[store.state.map];
    dom.byId("scores").replaceChildren(...(scores ? [
      score(words.bar.trust, scores.trustworthiness), score(words.bar.continuity, scores.continuity), score(words.bar.recall, scores.recall),
      element("span", { class: "basis", text: words.bar.basis(scores.k, scores.n) }),
    ] : [element("span", { text: note })]));
    dom.byId("scores").title = note;
    dom.byId("scores").classList.toggle("none", places.isPast()); // they are those of the map itself
  }

  function start() {
    store.on("map frame", refresh);
    refresh();
  }

  return { start };
});
