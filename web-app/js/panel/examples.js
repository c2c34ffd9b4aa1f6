// One example in each tab that is still empty: a button that does with these data what the sentence above it says.
"use strict";

NM.define("examples", ["store", "data", "levels", "latents", "measures", "clauses", "filter", "bins", "names", "path", "choose", "words", "dom"],
  (store, data, levels, latents, measures, clauses, filter, bins, names, path, choose, words, dom) => {
    const { state } = store;
    const { byId } = dom;
    const MAX_LEVELS = 12; // among which the two ends of a path are sought
    const SAMPLE = 50000;

    const own = () => levels.of(data.label ?? data.clusters);
    const largest = (column) => levels.of(column).order()[0];

    const step = Math.max(1, Math.floor(data.points / SAMPLE));
    function eachShown(run) {
      for (let i = 0; i < data.points; i += step) if (filter.passes(i)) run(i);
    }

    // Items like few others are no example: of each of the largest levels the one nearest to its mean place on the map.
    // Without levels, those at the two ends of the map.
    function typical() {
      const { x, y } = data.maps[state.map];
      const { names: all, of, order } = own();
      if (all.length < 2) return ends(x);
      const codes = Array.from(order()).slice(0, MAX_LEVELS);
      const sums = codes.map(() => ({ n: 0, x: 0, y: 0, item: -1, least: Infinity }));
      const sumOf = new Map(codes.map((code, at) => [code, sums[at]]));
      eachShown((i) => {
        const sum = sumOf.get(of(i));
        if (sum) Object.assign(sum, { n: sum.n + 1, x: sum.x + x[i], y: sum.y + y[i] });
      });
      eachShown((i) => {
        const sum = sumOf.get(of(i));
        const away = sum ? Math.hypot(x[i] - sum.x / sum.n, y[i] - sum.y / sum.n) : Infinity;
        if (away < sum?.least) Object.assign(sum, { item: i, least: away });
      });
      return sums.map(({ item }) => item).filter((item) => item >= 0);
    }

    function ends(x) {
      let [low, high] = [-1, -1];
      eachShown((i) => {
        if (low < 0 || x[i] < x[low]) low = i;
        if (high < 0 || x[i] > x[high]) high = i;
      });
      return low === high ? [low].filter((item) => item >= 0) : [low, high];
    }

    // The two of them that lie farthest apart.
    function farthest() {
      const { x, y } = data.maps[state.map];
      const items = typical();
      const pairs = items.flatMap((a, at) => items.slice(at + 1).map((b) => ({ pair: [a, b], away: Math.hypot(x[a] - x[b], y[a] - y[b]) })));
      return pairs.sort((a, b) => b.away - a.away)[0]?.pair ?? null;
    }

    const called = (item) => names.title(item) ?? (own().column ? own().nameOf(item) : names.called(item));

    function ofItem() {
      const [item] = typical();
      if (item === undefined) return null;
      return { text: words.examples.item(names.title(item) ?? names.full(item)), run: () => choose(item) };
    }

    // A level that has many items, or of numbers the upper half of their range.
    function ofColumns() {
      const all = measures.all();
      const column = all.find((other) => other.levels?.length > 1) ?? all.find((other) => other.values && other.kind !== "date");
      if (filter.isOn() || !column) return null;
      const clause = column.levels ? { op: "in", column: column.name, codes: [largest(column)] } : upperHalf(column);
      return { text: words.examples.columns(...clauses.describe(clause)), run: () => filter.set(clause) };
    }

    function upperHalf(column) {
      const { low, high } = bins.of(column);
      const middle = (low + high) / 2;
      return { op: "from", column: column.name, low: column.kind === "integer" ? Math.ceil(middle) : middle, high };
    }

    function ofPath() {
      const pair = latents.present && state.path.length < 2 ? farthest() : null;
      if (!pair) return null;
      const [a, b] = pair;
      const run = () => {
        store.set({ pinned: a, focused: a, path: [] });
        path.add(b);
      };
      return { text: words.examples.path(called(a), called(b)), run };
    }

    function ofSelection() {
      const column = data.clusters ?? data.label;
      if (!column) return null;
      const code = largest(column);
      const items = Uint32Array.from(column.codes.keys()).filter((i) => column.codes[i] === code && filter.passes(i));
      if (items.length === 0) return null;
      return { text: words.examples.selection(column.levels[code]), run: () => store.set({ selection: items }) };
    }

    const EXAMPLES = { item: ofItem, columns: ofColumns, path: ofPath, selection: ofSelection };
    let runs = {}; // tab -> what its example does

    // Made when the tab is looked at: to seek an example goes through all items.
    function refresh() {
      const { tab } = state;
      if (!(tab in EXAMPLES) || state.brushing || (tab === "item" && state.focused >= 0)) return;
      const found = EXAMPLES[tab]();
      byId(`${tab}-example`).hidden = found === null;
      byId(`${tab}-example`).textContent = found?.text ?? "";
      runs = { ...runs, [tab]: found?.run };
    }

    function start() {
      for (const tab of Object.keys(EXAMPLES)) byId(`${tab}-example`).addEventListener("click", () => runs[tab]());
      store.on("focused", () => { byId("item-example").hidden = state.focused >= 0 || !runs.item; });
      store.on("tab map named titled filter brushing path", refresh);
      requestAnimationFrame(() => setTimeout(refresh)); // after the first paint
    }

    return { start };
  });
