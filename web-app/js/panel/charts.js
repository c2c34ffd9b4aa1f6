// The tab of the columns: a small chart for each, and all of them shrink to what the others let through. A chart that is out
// of sight is drawn when it comes into sight.
"use strict";

NM.define("charts", ["store", "data", "measures", "filter", "histogram", "level_bars", "text_search_box", "color_modes", "words", "dom"],
  (store, data, measures, filter, histogram, levelBars, textSearchBox, colorModes, words, dom) => {
    const { state } = store;
    const { byId, element } = dom;
    let charts = []; // {column, node, inner: what it shows, once it was in sight, seen, stale}
    let built = null; // the columns that they were made for

    const keyOf = (column) => (column.mode ? column.mode.key : column === data.label ? "class" : `column:${column.name}`);

    function colorButton(column, key) {
      const button = element("button", { type: "button", class: "by", "aria-label": words.columns.color.label(column.name), title: words.columns.color.title });
      button.addEventListener("click", () => store.set({ color: key }));
      return button;
    }

    // The points without a value: a click leaves them alone, another takes them out, a third lets all in.
    function missingButton(column) {
      const button = element("button", { type: "button", class: "link missing", text: words.bar.missing(column.missing) });
      button.addEventListener("click", () => {
        const op = { missing: "given", given: null }[filter.clauseOf(column)?.op] ?? (filter.clauseOf(column)?.op === "given" ? null : "missing");
        if (op === null) filter.dropColumn(column);
        else filter.set({ op, column: column.name });
      });
      return button;
    }

    function chart(column) {
      const key = keyOf(column);
      const by = column.kind === "text" ? null : colorButton(column, key);
      const clear = element("button", { type: "button", class: "link clear", text: words.clear, "aria-label": words.columns.clear(column.name) });
      clear.addEventListener("click", () => filter.dropColumn(column));
      const missing = column.missing > 0 ? missingButton(column) : null;
      const node = element("section", { class: "chart", "aria-label": column.name },
        element("h2", {}, element("span", { text: column.name, title: column.name }), ...[clear, missing, by].filter(Boolean)));
      return { column, key, node, inner: null, by, clear, missing, seen: false, stale: true };
    }

    // Made when it first comes into sight: to bin a column of a million takes a moment.
    function innerOf({ column, key }) {
      return column.kind === "text" ? textSearchBox(column) : column.values ? histogram(column, key) : levelBars(column, key);
    }

    function draw(own) {
      const { column, by, clear, missing, key } = own;
      own.stale = false;
      if (!own.inner) {
        own.inner = innerOf(own);
        own.node.append(own.inner.node);
        own.node.classList.add("made");
        if (own.inner.measure) own.inner.measure();
      }
      const clause = filter.clauseOf(column);
      own.inner.refresh();
      clear.style.visibility = clause ? "visible" : "hidden";
      if (by) {
        by.setAttribute("aria-pressed", String(state.color === key));
        by.disabled = !colorModes.find(key);
      }
      if (!missing) return;
      const said = { missing: words.columns.only, given: words.columns.out }[clause?.op];
      missing.textContent = (said ?? words.bar.missing)(column.missing);
      missing.setAttribute("aria-pressed", String(Boolean(said)));
    }

    // Each that is new in a task of its own: of a million points several at once would hold up the page.
    function drawLater(own) {
      setTimeout(() => { if (own.seen && own.stale) draw(own); });
    }

    const watcher = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const own = charts.find((other) => other.node === target);
        if (!own) continue;
        own.seen = isIntersecting;
        if (isIntersecting && own.stale) drawLater(own);
      }
    }, { rootMargin: "200px 0px" });

    function build() {
      const columns = measures.all();
      if (built && built.length === columns.length && built.every((column, at) => column === columns[at])) return false;
      built = columns;
      watcher.disconnect();
      charts = columns.map(chart);
      byId("charts").replaceChildren(...charts.map(({ node }) => node));
      for (const { node } of charts) watcher.observe(node);
      return true;
    }

    // What was measured holds until the panel has another width.
    function measure() {
      for (const { inner } of charts) if (inner?.measure) inner.measure();
      refresh();
    }

    function refresh() {
      if (state.tab !== "columns") return;
      if (build()) return measure();
      for (const own of charts) {
        own.stale = true;
        if (own.seen && own.inner) draw(own);
        else if (own.seen) drawLater(own);
      }
    }

    function start() {
      store.on("tab filter tags color byRank picked named map theme", refresh);
      new ResizeObserver(measure).observe(byId("pane-columns"));
    }

    return { start };
  });
