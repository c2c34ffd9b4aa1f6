// The way out for items: CSV and JSON, with the ids and columns that came in.
"use strict";

NM.define("save_items", ["store", "data", "latents", "columns", "dom"], (store, data, latents, columns, dom) => {
  const { state } = store;

  // Under which name the vector goes out; in CSV its numbers have it with their place.
  const vectorName = () => (latents.isLatent() ? "latent" : "vector");

  // A row per item: what is known of all first, then the columns under their own names, and the vector.
  async function rows(items) {
    const map = data.maps[state.map];
    const ofVector = new RegExp(`^${vectorName()}(_\\d+)?$`);
    const texts = new Map();
    for (const column of data.columns) if (column.kind === "text") texts.set(column, await column.texts());
    return Array.from(items, (item) => {
      const own = {
        ...(data.ids ? { id: data.ids[item] } : {}), index: data.index[item],
        x: map.x[item], y: map.y[item],
        ...(data.errors ? { error: data.errors[item] } : {}),
      };
      const entries = Object.entries(own);
      for (const column of data.columns) {
        const name = column.name in own || ofVector.test(column.name) ? `column ${column.name}` : column.name;
        entries.push([name, columns.plain(column, item, texts.get(column))]);
      }
      entries.push([vectorName(), latents.present ? Array.from(latents.of(item)) : []]);
      return entries;
    });
  }

  // A quote is doubled and a cell with one is quoted; a leading sign is kept from being run as a formula.
  function cell(value) {
    const plain = Array.isArray(value) ? value.join(";") : value ?? "";
    const text = typeof plain === "string" && /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : String(plain);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  async function csv(items) {
    const all = await rows(items);
    const vector = vectorName();
    const head = all[0].flatMap(([name, value]) => (name === vector ? value.map((_, j) => `${vector}_${j + 1}`) : [name]));
    const lines = all.map((entries) => entries.flatMap(([name, value]) => (name === vector ? value : [value])).map(cell).join(","));
    return [head.map(cell).join(","), ...lines, ""].join("\r\n");
  }

  const json = async (items) => JSON.stringify((await rows(items)).map(Object.fromEntries), null, 1);

  function save(name, type, text) {
    const link = dom.element("a", { download: name, href: URL.createObjectURL(new Blob([text], { type })) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  return { cell, csv, json, save };
});
