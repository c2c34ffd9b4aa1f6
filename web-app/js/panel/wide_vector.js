// A vector of many dimensions: one canvas of cells, the value under the pointer, and the dimensions in which the item is
// farthest from the others.
"use strict";

NM.define("wide_vector", ["store", "latents", "heatmap", "color_modes", "palette", "text", "words", "dom"],
  (store, latents, heatmap, colorModes, palette, text, words, dom) => {
    const { state } = store;
    const { byId, element } = dom;
    const FARTHEST = 10;
    let rows = [];

    const isWide = () => latents.size > heatmap.CELLS;
    const isShown = () => isWide() && !byId("vector").hidden;
    const columns = () => Math.ceil(Math.sqrt(latents.size));

    function show() {
      byId("wide-vector").hidden = !isWide();
      if (!isShown()) return;
      const vector = heatmap.shownVector();
      paint(vector);
      list(vector);
      byId("wide-value").textContent = "";
    }

    function paint(vector) {
      const canvas = byId("wide-cells");
      const [across, down] = [columns(), Math.ceil(latents.size / columns())];
      if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
      const context = canvas.getContext("2d");
      context.clearRect(0, 0, across, down);
      if (!vector) return;
      const colors = Array.from({ length: 65 }, (_, at) => palette.parse(palette.diverging(at / 64)));
      const image = context.createImageData(across, down);
      const reach = latents.reach();
      vector.forEach((value, j) => {
        const at = Math.round(64 * Math.max(0, Math.min(1, 0.5 + value / (2 * reach))));
        image.data.set([...colors[at], 255], 4 * j);
      });
      context.putImageData(image, 0, 0);
    }

    // By how many standard deviations each dimension is off its mean: the greatest first.
    function list(vector) {
      if (!vector) return rows.forEach(({ node }) => { node.hidden = true; });
      const { mean, deviation } = latents.spread();
      const scores = vector.map((value, j) => (deviation[j] > 0 ? (value - mean[j]) / deviation[j] : 0));
      const farthest = Array.from(scores.keys()).sort((a, b) => Math.abs(scores[b]) - Math.abs(scores[a]) || a - b).slice(0, FARTHEST);
      rows.forEach((row, at) => {
        row.dimension = farthest[at];
        row.node.hidden = false;
        row.name.nodeValue = words.dimension(row.dimension + 1);
        row.value.nodeValue = text.latent(vector[row.dimension]);
        row.score.nodeValue = words.panel.sigma(`${scores[row.dimension] > 0 ? "+" : ""}${text.latent(scores[row.dimension])}`);
        row.node.setAttribute("aria-pressed", String(state.color === `latent:${row.dimension}`));
      });
    }

    function color(dimension) {
      const key = `latent:${dimension}`;
      store.set({ color: state.color === key ? colorModes.plain.key : key });
    }

    function dimensionAt(event) {
      const bounds = byId("wide-cells").getBoundingClientRect();
      const [x, y] = [(event.clientX - bounds.left) / bounds.width, (event.clientY - bounds.top) / bounds.height];
      const j = Math.floor(y * byId("wide-cells").height) * columns() + Math.floor(x * columns());
      return j >= 0 && j < latents.size ? j : -1;
    }

    function pointed(event) {
      const [j, vector] = [dimensionAt(event), heatmap.shownVector()];
      byId("wide-value").textContent = j >= 0 && vector ? words.panel.value(j + 1, text.latent(vector[j])) : "";
    }

    function start() {
      rows = Array.from({ length: FARTHEST }, () => {
        const [name, value, score] = ["", "", ""].map((empty) => document.createTextNode(empty));
        const node = element("button", { type: "button", title: words.panel.colors },
          element("span", {}, name), element("b", {}, value), element("small", {}, score));
        const row = { node, name, value, score, dimension: 0 };
        node.addEventListener("click", () => color(row.dimension));
        byId("wide-farthest").append(element("li", {}, node));
        return row;
      });
      const canvas = byId("wide-cells");
      canvas.addEventListener("pointermove", pointed);
      canvas.addEventListener("pointerleave", () => { byId("wide-value").textContent = ""; });
      canvas.addEventListener("click", (event) => { if (dimensionAt(event) >= 0) color(dimensionAt(event)); });
      store.on("focused edited theme map color vectors", show);
      show();
    }

    return { start };
  });
