// What was selected: how many of which level, their average image and vector.
"use strict";

NM.define("selection", ["store", "latents", "color_modes", "decoder", "pictures", "palette", "heatmap", "at_hand", "filter", "select_region", "save_items", "speech", "text", "words", "dom"],
  (store, latents, colorModes, decoder, pictures, palette, heatmap, atHand, filter, selectRegion, saveItems, speech, text, words, dom) => {
    const { state } = store;
    const { byId, element } = dom;
    let shown = [];
    const MAX_BARS = 15;
    const MAX_AVERAGED = 20000;
    const MAX_CELLS = 64; // of more dimensions an average says nothing to the eye

    // Of many, of so many evenly drawn: the page must go on answering.
    function meanLatent(items) {
      const sum = new Float64Array(latents.size);
      const step = Math.max(1, Math.floor(items.length / MAX_AVERAGED));
      const n = Math.ceil(items.length / step);
      for (let at = 0; at < items.length; at += step) for (let j = 0; j < sum.length; j++) sum[j] += latents.valueAt(items[at], j) / n;
      return sum;
    }

    async function image(items, mean) {
      const canvas = byId("selection-image");
      if (pictures.own) {
        const pixels = await pictures.average(items);
        if (items === shown) pictures.put(canvas, pixels);
      } else if (decoder.present) pictures.paint(canvas, decoder.decode(mean));
    }

    // The most frequent level first.
    function counts(items) {
      const found = new Map();
      const levels = colorModes.levels();
      for (const item of items) found.set(levels.of(item), (found.get(levels.of(item)) || 0) + 1);
      return [...found].sort(([a, n], [b, m]) => m - n || a - b);
    }

    function opened() {
      const items = state.selection;
      if (items === null) return show();
      const isHere = state.tab === "selection"; // else it is shown because the tab changes
      store.set({ tab: "selection", sheet: true });
      speech.say(words.selection.said(items.length));
      if (isHere) show();
    }

    // What is selected, as far as it passes the filter; without a selection, what passes it.
    function show() {
      if (state.tab !== "selection" && !state.selection) return;
      const items = state.selection || filter.isOn() ? atHand.items() : [];
      shown = items;
      byId("selection-none").hidden = items.length > 0;
      byId("selection-some").hidden = items.length === 0;
      if (items.length === 0) return;
      byId("selection-count").textContent = words.items(items.length);
      byId("selection-of").textContent = state.selection ? "" : words.selection.inFilter;
      byId("selection-clear").hidden = !state.selection;
      byId("selection-keep").hidden = !selectRegion.isDrawn();
      bars(items);
      const mean = latents.present ? meanLatent(items) : null;
      const hasCells = mean !== null && latents.size <= MAX_CELLS;
      byId("selection-average").hidden = !hasCells && !pictures.present;
      byId("selection-latent").hidden = !hasCells;
      if (hasCells) cells(mean);
      image(items, mean);
    }

    function bars(items) {
      const levels = colorModes.levels();
      byId("selection-counts").hidden = levels.codes.length === 0;
      if (levels.codes.length === 0) return;
      const all = counts(items);
      const rest = all.slice(MAX_BARS).reduce((sum, [, count]) => sum + count, 0);
      byId("selection-rest").hidden = rest === 0;
      byId("selection-rest").textContent = words.selection.rest(rest, all.length - MAX_BARS);
      byId("selection-counts").replaceChildren(...all.slice(0, MAX_BARS).map(([code, count]) => {
        const bar = element("span", { class: "bar" });
        bar.style.width = `${(100 * count) / items.length}%`;
        bar.style.backgroundColor = levels.colorOf(code);
        const name = levels.nameOfCode(code);
        return element("li", {}, element("span", { text: name, title: name }), element("span", { class: "track" }, bar),
          element("b", { text: text.count(count) }));
      }));
    }

    function cells(mean) {
      byId("selection-latent").replaceChildren(...Array.from(mean, (value, j) => {
        const color = heatmap.colorOf(value);
        const cell = element("span", { class: "cell", text: text.latent(value), title: words.dimension(j + 1) });
        cell.style.backgroundColor = color;
        cell.style.color = palette.inkOn(color);
        return cell;
      }));
    }

    function start() {
      byId("selection-clear").addEventListener("click", () => store.set({ selection: null }));
      byId("selection-keep").addEventListener("click", selectRegion.keep);
      byId("save-csv").addEventListener("click", async () => saveItems.save("selection.csv", "text/csv", await saveItems.csv(shown)));
      byId("save-json").addEventListener("click", async () => saveItems.save("selection.json", "application/json", await saveItems.json(shown)));
      store.on("selection", opened);
      store.on("filter brushing", () => { if (!state.brushing) show(); });
      store.on("tab theme color picked named map", show);
    }

    return { start };
  });
