// The latent vector as a heat map: one cell a dimension, its number in it.
(function () {
  "use strict";
  const NM = window.NeuralManifold;

  const cells = [];
  let reach = 0;

  // The scale's end: 99 of 100 values lie within, so that one outlier does not wash out the rest.
  function latentReach() {
    if (reach > 0) return reach;
    const { stored, offset, step } = NM.data.latents;
    const size = NM.data.latentSize;
    const stride = Math.max(1, Math.floor(NM.data.points / 2000));
    const sizes = [];
    for (let i = 0; i < NM.data.points; i += stride) {
      for (let j = 0; j < size; j++) sizes.push(Math.abs(offset[j] + step[j] * stored[i * size + j]));
    }
    sizes.sort((a, b) => a - b);
    reach = sizes[Math.floor(0.99 * (sizes.length - 1))] || 1;
    return reach;
  }

  // A true minus sign, and never "-0.00".
  function text(value) {
    const digits = Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2;
    const written = Math.abs(value).toFixed(digits);
    return value < 0 && Number(written) !== 0 ? `−${written}` : written;
  }

  function show(row) {
    for (let j = 0; j < cells.length; j++) {
      const { node, label } = cells[j];
      const color = NM.colors.diverging(0.5 + row[j] / (2 * latentReach()));
      node.style.backgroundColor = color;
      node.style.color = NM.colors.inkOn(color);
      label.nodeValue = text(row[j]);
    }
  }

  function clear() {
    for (const { node, label } of cells) {
      node.style.backgroundColor = "";
      node.style.color = "";
      label.nodeValue = "";
    }
  }

  function start() {
    const grid = NM.byId("heatmap");
    for (let j = 0; j < NM.data.latentSize; j++) {
      const label = document.createTextNode("");
      const value = NM.element("span", { class: "cell-value" }, label);
      const node = NM.element("div", { class: "cell", "data-dimension": j }, value);
      cells.push({ node, label });
      grid.append(node);
    }
    NM.byId("latent-size").textContent = NM.data.latentSize;
  }

  NM.latentReach = latentReach;
  NM.heatmap = { start, show, clear, text, cells };
})();
