// The vector of the focused item as a heat map: one cell per dimension with its number in it, of up to CELLS dimensions;
// of more, see wide_vector.
"use strict";

NM.define("heatmap", ["store", "latents", "palette", "text", "dom"], (store, latents, palette, text, dom) => {
  const { state } = store;
  const CELLS = 64;
  let cells = [];
  let made = null;      // the set of vectors that the cells are of
  const listeners = []; // told when the cells were made anew

  // The focused item's vector, as it is shown: edited, where the reader changed it.
  const shownVector = () => state.edited || (state.focused >= 0 && latents.present ? latents.of(state.focused) : null);

  const colorOf = (value) => palette.diverging(0.5 + value / (2 * latents.reach()));

  function show() {
    const vector = cells.length > 0 ? shownVector() : null;
    for (let j = 0; j < cells.length; j++) {
      const { node, label } = cells[j];
      const color = vector ? colorOf(vector[j]) : "";
      node.style.backgroundColor = color;
      node.style.color = vector ? palette.inkOn(color) : "";
      label.nodeValue = vector ? text.latent(vector[j]) : "";
    }
  }

  function make() {
    if (made === latents.set()) return;
    made = latents.set();
    const count = latents.size <= CELLS ? latents.size : 0;
    cells = Array.from({ length: count }, (_, j) => {
      const label = document.createTextNode("");
      const value = dom.element("span", { class: "cell-value" }, label);
      return { node: dom.element("div", { class: "cell", "data-dimension": j }, value), label };
    });
    dom.byId("heatmap").replaceChildren(...cells.map(({ node }) => node));
    dom.byId("heatmap").hidden = count === 0;
    for (const listener of listeners) listener();
  }

  function start() {
    make();
    store.on("map", () => { make(); show(); });
    store.on("focused edited theme", show);
    show();
  }

  return { start, CELLS, cells: () => cells, onMade: (run) => listeners.push(run), colorOf, shownVector };
});
