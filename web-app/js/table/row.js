// One row of the table: the item's picture and name, and its value in each column.
"use strict";

NM.define("row", ["columns", "bins", "names", "pictures", "color_modes", "dom"], (columns, bins, names, pictures, colorModes, dom) => {
  const { element } = dom;
  const WIDTHS = { name: 148, category: 128, number: 96, integer: 88, bool: 64, date: 116, tags: 148, text: 280 };

  const LONGEST = { number: "−0.000123456", integer: "", days: "2026-01-31", date: "2026-01-31 23:59:59" };

  // A number of which digits are cut would read as another: its column has room for the longest. That is one of its ends, or
  // of those smaller than a million, in six digits, what stands above.
  function width(column) {
    if (!column.values) return `${WIDTHS[column.kind]}px`;
    const said = [LONGEST[column.days ? "days" : column.kind], ...bins.endsOf(column.values).map((end) => columns.written(column, end))];
    return `max(${WIDTHS[column.kind]}px, ${Math.max(...said.map(({ length }) => length)) + 1}ch + 20px)`;
  }

  // Of the row's grid.
  const widths = (shown) => [`${WIDTHS.name}px`, ...shown.map(width)].join(" ");

  function row(shown) {
    const swatch = element("span", { class: "swatch" });
    const canvas = pictures.present ? element("canvas", { width: pictures.side, height: pictures.side }) : null;
    const called = element("span");
    const cells = shown.map((column) => ({ column, node: element("div", { role: "gridcell", class: column.kind }), texts: null }));
    const node = element("div", { role: "row", class: "row" },
      element("div", { role: "gridcell", class: "name" }, swatch, ...(canvas ? [canvas] : []), called), ...cells.map((cell) => cell.node));
    node.style.gridTemplateColumns = widths(shown);
    let written = -1;

    function put(cell, item) {
      const said = columns.shown(cell.column, item, cell.texts);
      cell.node.textContent = said;
      cell.node.title = said;
    }

    function write(item) {
      swatch.style.backgroundColor = colorModes.levelColor(item);
      if (written === item) return;
      written = item;
      called.textContent = called.title = names.short(item);
      if (canvas && pictures.shows(item)) pictures.paintItem(canvas, item);
      else if (canvas) pictures.blank(canvas);
      for (const cell of cells) {
        if (cell.column.kind !== "text" || cell.texts) put(cell, item);
        else {
          cell.column.texts().then((texts) => {
            cell.texts = texts;
            put(cell, written);
          });
        }
      }
    }

    return { node, write };
  }

  return Object.assign(row, { widths });
});
