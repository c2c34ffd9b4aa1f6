// The latent vector as a heat map: one cell per dimension, its number in it.
"use strict";

NM.define("heatmap", ["store", "latents", "palette", "text", "dom"], (store, latents, palette, text, dom) => {
  const { state } = store;
  const cells = [];

  // The focused item's vector, as it is shown: edited, where the reader changed it.
  const shownVector = () => state.edited || (state.focused >= 0 ? latents.of(state.focused) : null);

  const colorOf = (value) => palette.diverging(0.5 + value / (2 * latents.reach()));

  function show() {
    const vector = shownVector();
    for (let j = 0; j < cells.length; j++) {
      const { node, label } = cells[j];
      const color = vector ? colorOf(vector[j]) : "";
      node.style.backgroundColor = color;
      node.style.color = vector ? palette.inkOn(color) : "";
      label.nodeValue = vector ? text.latent(vector[j]) : "";
    }
  }

  function start() {
    const grid = dom.byId("heatmap");
    for (let j = 0; j < latents.size; j++) {
      const label = document.createTextNode("");
      const value = dom.element("span", { class: "cell-value" }, label);
      const node = dom.element("div", { class: "cell", "data-dimension": j }, value);
      cells.push({ node, label });
      grid.append(node);
    }
    dom.byId("latent-size").textContent = latents.size;
    store.on("focused edited theme", show);
    show();
  }

  return { start, cells, colorOf, shownVector };
});
