// A column of levels as bars: gray what all points hold, in color what passes the filter. Of many levels the largest are
// shown, those that were picked, and the rest as one. A click keeps a level.
"use strict";

NM.define("level_bars", ["store", "filter", "bins", "levels", "text", "words", "dom"], (store, filter, bins, levels, text, words, dom) => {
  const { element } = dom;
  const MAX_ROWS = 12;

  return function levelBars(column, key) {
    const own = levels.of(column);
    const { totals, size } = bins.of(column);
    const counts = new Uint32Array(size + 1);
    const codes = column.offsets ? [...column.levels.keys()] : own.codes;
    const list = element("ul", { class: "bars", "aria-label": column.name });
    const find = element("input", { type: "search", placeholder: words.columns.findIn(size), "aria-label": words.columns.find(column.name), autocomplete: "off" });
    const node = element("div", {}, ...(size > MAX_ROWS ? [find] : []), list);
    let rows = [];
    let built = "";

    const place = (code) => (code < 0 ? size : code);

    // The largest first; what was picked stays in the list, so that it can be let go.
    function shown() {
      const wanted = find.value.trim().toLowerCase();
      const few = size <= MAX_ROWS;
      const order = few ? codes.filter((code) => code >= 0) : Array.from(own.order());
      const found = wanted === "" ? order : order.filter((code) => column.levels[code].toLowerCase().includes(wanted));
      const clause = filter.clauseOf(column);
      const picked = clause?.op === "in" ? clause.codes.filter((code) => code >= 0) : [];
      const first = found.slice(0, MAX_ROWS);
      return [...first, ...picked.filter((code) => !first.includes(code)).slice(0, MAX_ROWS)];
    }

    function rowOf(code) {
      const name = code === null ? "" : own.nameOfCode(code);
      const [all, passing] = [element("i"), element("i", { class: "passing" })];
      const label = element("span", { text: name });
      const number = element("b");
      const button = element("button", { type: "button", title: name }, label, element("span", { class: "track" }, all, passing), number);
      button.disabled = code === null;
      if (code !== null) button.addEventListener("click", () => filter.pick(column, codes, code));
      return { code, node: element("li", {}, button), button, label, all, passing, number };
    }

    function build() {
      const now = shown();
      const isWhole = now.length >= size;
      if (built === `${now}`) return;
      built = `${now}`;
      rows = now.map(rowOf);
      if (!isWhole && find.value.trim() === "") rows.push(rowOf(null));
      list.replaceChildren(...rows.map((row) => row.node));
    }

    function refresh() {
      build();
      bins.count(column, filter.without(column), counts);
      const isColored = store.state.color === key;
      const listed = rows.filter((row) => row.code !== null);
      const rest = (of) => of.subarray(0, size).reduce((sum, n) => sum + n, 0) - listed.reduce((sum, { code }) => sum + of[place(code)], 0);
      const top = Math.max(1, ...listed.map(({ code }) => totals[place(code)]));
      const clause = filter.clauseOf(column);
      for (const { code, button, label, all, passing, number } of rows) {
        const [total, n] = code === null ? [rest(totals), rest(counts)] : [totals[place(code)], counts[place(code)]];
        const scale = Math.max(top, total); // the rest together may be more than the largest
        all.style.transform = `scaleX(${total / scale})`;
        passing.style.transform = `scaleX(${n / scale})`;
        number.textContent = text.count(n);
        if (code === null) {
          label.textContent = words.other(size - listed.length);
          continue;
        }
        passing.style.backgroundColor = isColored && !column.offsets ? own.colorOf(code) : "";
        const isKept = filter.keeps(column, code);
        button.setAttribute("aria-pressed", String(Boolean(clause) && isKept));
        button.classList.toggle("out", !isKept);
      }
    }

    find.addEventListener("input", refresh);
    return { node, refresh };
  };
});
