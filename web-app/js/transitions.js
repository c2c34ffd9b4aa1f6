// Transition states: where an item's label and the vote of its latent neighbours part.
(function () {
  "use strict";
  const NM = window.NeuralManifold;
  const { byId, element } = NM;

  const SHOWN = 60; // items listed of one cell
  let asked = false;
  let cells = null; // cells[label][vote]: [{item, share}], share: how far it has gone over

  async function opened(event) {
    if (event.detail !== "classes" || asked) return;
    asked = true;
    const status = byId("matrix-status");
    status.textContent = "Finding the neighbours of every item…";
    const found = await NM.graph.votes((part) => { status.textContent = `Finding the neighbours of every item: ${Math.round(100 * part)}%`; });
    tally(found);
    const { rows } = found;
    status.textContent = rows.length < NM.data.points
      ? `${NM.count(rows.length)} of ${NM.count(NM.data.points)} items, evenly drawn.` : "";
    show();
  }

  function tally({ rows, votes }) {
    const { labels, classNames } = NM.data;
    const size = classNames.length;
    cells = classNames.map(() => classNames.map(() => []));
    rows.forEach((item, r) => {
      let won = labels[item]; // on a tie the item's own label keeps it
      for (let c = 0; c < size; c++) if (votes[r * size + c] > votes[r * size + won]) won = c;
      const total = NM.neighbors.K;
      cells[labels[item]][won].push({ item, share: (votes[r * size + won] - votes[r * size + labels[item]]) / total });
    });
  }

  function show() {
    const { classNames } = NM.data;
    const table = byId("matrix");
    const top = Math.max(1, ...cells.flatMap((row, label) => row.map((cell, vote) => (vote === label ? 0 : cell.length))));
    const head = element("tr", {}, element("td"), ...classNames.map((name, vote) => {
      const dot = element("span", { class: "swatch" });
      dot.style.backgroundColor = NM.colors.classColor(vote);
      return element("th", { scope: "col", title: `Neighbours vote ${name}` }, dot, element("span", { class: "unseen", text: name }));
    }));
    const lines = cells.map((row, label) => element("tr", {}, element("th", { scope: "row", text: classNames[label] }), ...row.map((cell, vote) => {
      const button = element("button", { type: "button", text: cell.length ? NM.count(cell.length) : "·",
        "aria-label": `${cell.length} items labelled ${classNames[label]} whose neighbours vote ${classNames[vote]}` });
      const strength = label === vote ? 0 : Math.sqrt(cell.length / top);
      button.disabled = cell.length === 0;
      if (strength > 0) {
        const color = NM.colors.mix(NM.colors.theme() === "dark" ? ["#20232a", "#93b2ff"] : ["#ffffff", "#2b50c8"], strength);
        button.style.backgroundColor = color;
        button.style.color = NM.colors.inkOn(color);
      }
      button.addEventListener("click", () => list(label, vote));
      return element("td", { class: label === vote ? "same" : "" }, button);
    })));
    table.replaceChildren(head, ...lines);
    table.hidden = false;
  }

  // From the items that have just gone over to those that are wholly on the other side.
  function list(label, vote) {
    const { classNames } = NM.data;
    const all = [...cells[label][vote]].sort((a, b) => a.share - b.share || a.item - b.item);
    const step = Math.max(1, all.length / SHOWN);
    const some = all.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
    byId("matrix-title").hidden = false;
    byId("matrix-title").textContent = label === vote
      ? `${classNames[label]}, as their neighbours say`
      : `From ${classNames[label]} to ${classNames[vote]}`;
    byId("matrix-items").replaceChildren(...some.map(({ item }) => NM.details.thumb(item, "")));
  }

  function start() {
    document.addEventListener("tab-opened", opened);
  }

  NM.transitions = { start, refresh: () => { if (cells) show(); } };
})();
