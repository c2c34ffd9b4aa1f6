// What was selected: how many of which class, their average image and latent vector.
"use strict";

NM.define("selection", ["store", "data", "latents", "classes", "decoder", "pictures", "palette", "heatmap", "speech", "text", "dom"],
  (store, data, latents, classes, decoder, pictures, palette, heatmap, speech, text, dom) => {
    const { state } = store;
    const { byId, element } = dom;

    function meanLatent(items) {
      const sum = new Float64Array(latents.size);
      for (const item of items) for (let j = 0; j < sum.length; j++) sum[j] += latents.valueAt(item, j) / items.length;
      return sum;
    }

    function meanImage(items) {
      const sum = new Float64Array(pictures.side ** 2);
      for (const item of items) for (let p = 0; p < sum.length; p++) sum[p] += data.images[item * sum.length + p] / items.length;
      return Uint8ClampedArray.from(sum, Math.round);
    }

    // The most frequent class first.
    function counts(items) {
      const found = new Map();
      for (const item of items) found.set(classes.of(item), (found.get(classes.of(item)) || 0) + 1);
      return [...found].sort(([a, n], [b, m]) => m - n || a - b);
    }

    function opened() {
      const items = state.selection;
      if (items === null) return show();
      store.set({ tab: "selection", sheet: true });
      speech.say(`${text.count(items.length)} items selected.`);
      show();
    }

    function show() {
      const items = state.selection || [];
      byId("selection-none").hidden = items.length > 0;
      byId("selection-some").hidden = items.length === 0;
      if (items.length === 0) return;
      byId("selection-count").textContent = `${text.count(items.length)} ${items.length === 1 ? "item" : "items"}`;
      if (classes.codes.length > 0) bars(items);
      const mean = latents.present ? meanLatent(items) : null;
      if (mean) cells(mean);
      if (pictures.own) pictures.paint(byId("selection-image"), meanImage(items));
      else if (decoder.present) pictures.paint(byId("selection-image"), decoder.decode(mean));
    }

    function bars(items) {
      byId("selection-counts").replaceChildren(...counts(items).map(([code, count]) => {
        const bar = element("span", { class: "bar" });
        bar.style.width = `${(100 * count) / items.length}%`;
        bar.style.backgroundColor = palette.classColor(code);
        const name = classes.nameOfCode(code);
        return element("li", {}, element("span", { text: name, title: name }), element("span", { class: "track" }, bar),
          element("b", { text: text.count(count) }));
      }));
    }

    function cells(mean) {
      byId("selection-latent").replaceChildren(...Array.from(mean, (value, j) => {
        const color = heatmap.colorOf(value);
        const cell = element("span", { class: "cell", text: text.latent(value), title: `Dimension ${j + 1}` });
        cell.style.backgroundColor = color;
        cell.style.color = palette.inkOn(color);
        return cell;
      }));
    }

    function start() {
      byId("selection-clear").addEventListener("click", () => store.set({ selection: null }));
      store.on("selection", opened);
      store.on("theme", show);
    }

    return { start };
  });
