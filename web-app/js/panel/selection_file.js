// The way out for a selection: CSV and JSON.
"use strict";

NM.define("selection_file", ["store", "data", "latents", "classes", "dom"], (store, data, latents, classes, dom) => {
  const { state } = store;

  function rows() {
    const map = data.maps[state.map];
    return Array.from(state.selection, (item) => ({
      index: data.index[item],
      ...(data.labels ? { label: classes.of(item), class: classes.nameOf(item) } : {}),
      x: map.x[item], y: map.y[item],
      ...(data.errors ? { error: data.errors[item] } : {}),
      latent: latents.present ? Array.from(latents.of(item)) : [],
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
    const link = dom.element("a", { download: name, href: URL.createObjectURL(new Blob([text], { type })) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  function start() {
    dom.byId("save-csv").addEventListener("click", () => save("selection.csv", "text/csv", csv()));
    dom.byId("save-json").addEventListener("click", () => save("selection.json", "application/json", JSON.stringify(rows(), null, 1)));
  }

  return { start };
});
