// Transition states: where an item's label and the vote of its latent neighbors part.
"use strict";

NM.define("transitions", ["store", "data", "latents", "classes", "neighbors", "knn_worker", "filter", "palette", "thumb", "text", "words", "dom"],
  (store, data, latents, classes, neighbors, knnWorker, filter, palette, thumb, text, words, dom) => {
    const { byId, element } = dom;
    const { state } = store;
    const { names: classNames } = classes;
    const MAX_CLASSES = 60; // a table of more cells no one reads
    const MAX_LISTED = 60;  // items listed of one cell
    let asked = null;       // the set of vectors whose neighbors vote
    let all = null;         // all[label][vote]: [{item, share}], share: how far it has gone over
    let cells = null;       // those of them that pass the filter
    let chosen = null;      // the cell whose items are listed: [label, vote]

    async function opened() {
      const set = latents.set();
      if (state.tab !== "classes" || asked === set || !neighbors.present) return;
      asked = set;
      chosen = null;
      byId("matrix-note").textContent = words.transitions.note(latents.space);
      const status = byId("matrix-status");
      if (classNames.length > MAX_CLASSES) {
        status.textContent = words.transitions.many(classNames.length, MAX_CLASSES);
        return;
      }
      status.textContent = words.transitions.finding;
      const found = await knnWorker.votes((part) => { status.textContent = words.transitions.found(part); });
      if (asked !== set) return; // another map was shown meanwhile
      tally(found);
      const { rows } = found;
      status.textContent = rows.length < data.points ? words.transitions.drawn(rows.length, data.points) : "";
      show();
    }

    function tally({ rows, votes }) {
      const size = classNames.length;
      all = classNames.map(() => classNames.map(() => []));
      rows.forEach((item, r) => {
        const label = classes.of(item);
        if (label === classes.MISSING) return;
        let won = label; // on a tie the item's own label keeps it
        for (let c = 0; c < size; c++) if (votes[r * size + c] > votes[r * size + won]) won = c;
        all[label][won].push({ item, share: (votes[r * size + won] - votes[r * size + label]) / neighbors.K });
      });
    }

    function show() {
      if (!all || state.brushing) return;
      cells = all.map((row) => row.map((cell) => (filter.isOn() ? cell.filter(({ item }) => filter.passes(item)) : cell)));
      const table = byId("matrix");
      const top = Math.max(1, ...cells.flatMap((row, label) => row.map((cell, vote) => (vote === label ? 0 : cell.length))));
      const head = element("tr", {}, element("td"), ...classNames.map((name, vote) => {
        const dot = element("span", { class: "swatch" });
        dot.style.backgroundColor = classes.colorOf(vote);
        return element("th", { scope: "col", title: words.transitions.vote(name) }, dot, element("span", { class: "unseen", text: name }));
      }));
      const lines = cells.map((row, label) => element("tr", {}, element("th", { scope: "row", text: classNames[label], title: classNames[label] }),
        ...row.map((cell, vote) => element("td", { class: label === vote ? "same" : "" }, cellButton(cell, label, vote, top)))));
      table.replaceChildren(head, ...lines);
      table.hidden = false;
      fade();
      list();
    }

    // Columns out of sight are hinted at, for not every browser shows a bar to scroll by.
    function fade() {
      const box = byId("matrix").parentNode;
      box.classList.toggle("more", box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
    }

    function cellButton(cell, label, vote, top) {
      const button = element("button", {
        type: "button", text: cell.length ? text.count(cell.length) : "·",
        "aria-label": words.transitions.cell(cell.length, classNames[label], classNames[vote]),
      });
      const strength = label === vote ? 0 : Math.sqrt(cell.length / top);
      button.disabled = cell.length === 0;
      if (strength > 0) {
        const color = palette.count(strength);
        button.style.backgroundColor = color;
        button.style.color = palette.inkOn(color);
      }
      button.addEventListener("click", () => {
        chosen = [label, vote];
        list();
      });
      return button;
    }

    // Until a cell is chosen, that of most items whose label and neighbors part.
    function example() {
      const apart = cells.flatMap((row, label) => row.map((cell, vote) => ({ label, vote, n: label === vote ? 0 : cell.length })));
      const most = apart.reduce((best, cell) => (cell.n > best.n ? cell : best));
      byId("matrix-example").hidden = chosen !== null || most.n === 0;
      byId("matrix-example").textContent = words.transitions.from(classNames[most.label], classNames[most.vote]);
      byId("matrix-example").onclick = () => {
        chosen = [most.label, most.vote];
        list();
      };
    }

    // From the items that have just gone over to those that are wholly on the other side.
    function list() {
      example();
      byId("matrix-title").hidden = !chosen;
      byId("matrix-items").hidden = !chosen;
      if (!chosen) return;
      const [label, vote] = chosen;
      const inOrder = [...cells[label][vote]].sort((a, b) => a.share - b.share || a.item - b.item);
      const step = Math.max(1, inOrder.length / MAX_LISTED);
      const some = inOrder.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
      byId("matrix-title").textContent = label === vote
        ? words.transitions.same(classNames[label])
        : words.transitions.from(classNames[label], classNames[vote]);
      byId("matrix-items").replaceChildren(...some.map(({ item }) => thumb(item)));
    }

    function start() {
      byId("matrix").parentNode.addEventListener("scroll", fade, { passive: true });
      new ResizeObserver(fade).observe(byId("matrix").parentNode);
      store.on("tab map", opened);
      store.on("filter brushing theme picked", show);
    }

    return { start };
  });
