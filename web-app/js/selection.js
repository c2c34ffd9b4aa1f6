// What was selected: how many of which class, their average image and latent vector, and the way out as a file.
(function () {
  "use strict";
  const NM = window.NeuralManifold;
  const { state, byId, element } = NM;

  function mean(items) {
    const { images, side, latentSize } = NM.data;
    const latent = new Float64Array(latentSize);
    const image = new Float64Array(side * side);
    for (const item of items) {
      NM.latent(item).forEach((value, j) => { latent[j] += value / items.length; });
      if (images) for (let p = 0; p < image.length; p++) image[p] += images[item * image.length + p] / items.length;
    }
    return { latent, image: images ? Uint8ClampedArray.from(image, Math.round) : NM.decoder.decode(latent) };
  }

  function counts(items) {
    const all = NM.data.classNames.map((name, label) => ({ name, label, count: 0 }));
    for (const item of items) all[NM.data.labels[item]].count++;
    return all.filter((entry) => entry.count > 0).sort((a, b) => b.count - a.count);
  }

  function show() {
    const items = state.selection;
    const some = items !== null && items.length > 0;
    byId("selection-none").hidden = some;
    byId("selection-some").hidden = !some;
    if (items === null) return;
    NM.tabs.open("selection");
    NM.tabs.sheet(true);
    NM.say(`${NM.count(items.length)} items selected.`);
    if (!some) return;
    byId("selection-count").textContent = `${NM.count(items.length)} ${items.length === 1 ? "item" : "items"}`;
    byId("selection-counts").replaceChildren(...counts(items).map(({ name, label, count }) => {
      const bar = element("span", { class: "bar" });
      bar.style.width = `${(100 * count) / items.length}%`;
      bar.style.backgroundColor = NM.colors.classColor(label);
      return element("li", {}, element("span", { text: name }), element("span", { class: "track" }, bar), element("b", { text: NM.count(count) }));
    }));
    const { latent, image } = mean(items);
    NM.panel.paint(byId("selection-image"), image);
    byId("selection-latent").replaceChildren(...Array.from(latent, (value, j) => {
      const color = NM.colors.diverging(0.5 + value / (2 * NM.latentReach()));
      const cell = element("span", { class: "cell", text: NM.heatmap.text(value), title: `Dimension ${j + 1}` });
      cell.style.backgroundColor = color;
      cell.style.color = NM.colors.inkOn(color);
      return cell;
    }));
  }

  function rows() {
    const { data } = NM;
    const map = data.maps[state.map];
    return Array.from(state.selection, (item) => ({
      index: data.index[item], label: data.labels[item], class: data.classNames[data.labels[item]],
      x: map.x[item], y: map.y[item], ...(data.errors ? { error: data.errors[item] } : {}), latent: Array.from(NM.latent(item)),
    }));
  }

  // A quote is doubled and a cell with one is quoted; a leading sign is kept from being run as a formula.
  function cell(value) {
    const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  function csv() {
    const all = rows();
    const { latent, ...plain } = all[0];
    const head = [...Object.keys(plain), ...latent.map((_, j) => `latent_${j + 1}`)];
    const lines = all.map(({ latent: numbers, ...rest }) => [...Object.values(rest), ...numbers].map(cell).join(","));
    return [head.join(","), ...lines, ""].join("\r\n");
  }

  function save(name, type, text) {
    const link = element("a", { download: name, href: URL.createObjectURL(new Blob([text], { type })) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // The selected dots stand out by an outline, whatever they are coloured by.
  function paint(context, f) {
    const items = state.selection;
    if (!items || items.length === 0) return false;
    const { x, y } = NM.data.maps[state.map];
    const half = NM.view.dotSize() / 2 + 0.5;
    const most = 20000; // beyond that the outlines are one blot, and slow
    context.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--ink");
    context.lineWidth = 1;
    context.globalAlpha = 0.55;
    context.beginPath();
    for (let at = 0; at < items.length; at += Math.ceil(items.length / most)) {
      const [px, py] = NM.view.toScreen(f, x[items[at]], y[items[at]]);
      context.moveTo(px + half, py);
      context.arc(px, py, half, 0, 2 * Math.PI);
    }
    context.stroke();
    context.globalAlpha = 1;
    return true;
  }

  function start() {
    byId("save-csv").addEventListener("click", () => save("selection.csv", "text/csv", csv()));
    byId("save-json").addEventListener("click", () => save("selection.json", "application/json", JSON.stringify(rows(), null, 1)));
    byId("selection-clear").addEventListener("click", () => NM.set({ selection: null }));
    NM.overlay.add(8, paint);
    NM.on("selection", () => { show(); NM.overlay.request(); });
  }

  NM.selection = { start, refresh: () => { if (state.selection) show(); } };
})();
