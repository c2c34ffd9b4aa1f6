// A table of the items at hand below the map: as many rows as are in sight are on the page, however many there are.
"use strict";

NM.define("table", ["store", "measures", "at_hand", "rows", "row", "choose", "save_items", "speech", "words", "dom"],
  (store, measures, atHand, rows, row, choose, saveItems, speech, words, dom) => {
    const { state } = store;
    const { byId, element } = dom;
    const ROW = 28;
    const MAX_HEIGHT = 8e6; // no browser scrolls through more pixels; beyond it a step of the wheel skips rows
    let sort = null;   // {column: null for the items' names, down}
    let shown = new Uint32Array(0);
    let pool = [];     // {node, write, item}
    let here = -1;     // the row that the keyboard is on
    let heads = [];    // {column, node}
    let asked = 0;

    const scroll = () => byId("table-scroll");
    const isOpen = () => state.table;
    const bodyHeight = () => Math.max(1, scroll().clientHeight - ROW);
    const heightOfAll = () => Math.min(MAX_HEIGHT, shown.length * ROW);
    const inSight = () => Math.ceil(bodyHeight() / ROW) + 1;

    // The row at the top of what is in sight, in rows and parts of one.
    function topRow() {
      const room = heightOfAll() - bodyHeight();
      return room <= 0 ? 0 : (scroll().scrollTop / room) * (shown.length - bodyHeight() / ROW);
    }

    function scrollTo(place) {
      const room = heightOfAll() - bodyHeight();
      const last = shown.length - bodyHeight() / ROW;
      if (room > 0) scroll().scrollTop = (Math.max(0, Math.min(last, place)) / last) * room;
    }

    function paint() {
      if (!isOpen()) return;
      const top = topRow();
      const first = Math.floor(top);
      while (pool.length < inSight()) pool.push(newRow());
      pool.forEach((own, at) => {
        const place = first + at;
        const item = place < shown.length ? shown[place] : -1;
        own.node.hidden = item < 0;
        if (item < 0) return;
        own.node.style.transform = `translateY(${scroll().scrollTop + (place - top) * ROW}px)`;
        own.node.setAttribute("aria-rowindex", place + 2);
        own.node.setAttribute("aria-selected", String(item === state.pinned));
        own.node.classList.toggle("focused", item === state.focused);
        own.node.classList.toggle("here", place === here);
        own.node.id = `row-${place}`;
        own.item = item;
        own.write(item);
      });
      if (here >= 0) scroll().setAttribute("aria-activedescendant", `row-${here}`);
    }

    function newRow() {
      const own = { ...row(measures.all()), item: -1 };
      own.node.addEventListener("click", () => choose(own.item));
      own.node.addEventListener("pointerenter", ({ pointerType }) => {
        if (pointerType !== "touch" && state.pinned < 0) store.set({ focused: own.item });
      });
      byId("table-body").append(own.node);
      return own;
    }

    async function refresh() {
      if (!isOpen() || state.brushing) return;
      const ask = ++asked;
      const found = await rows.of(sort);
      if (ask !== asked) return; // asked for anew meanwhile
      shown = found;
      here = -1;
      scroll().removeAttribute("aria-activedescendant");
      scroll().setAttribute("aria-rowcount", shown.length + 1);
      byId("table-body").style.height = `${heightOfAll()}px`;
      byId("table-title").textContent = atHand.describe();
      for (const button of ["table-csv", "table-copy"]) byId(button).disabled = shown.length === 0;
      paint();
    }

    function sortBy(column) {
      sort = sort && sort.column === column ? (sort.down ? null : { column, down: true }) : { column, down: false };
      for (const head of heads) {
        const own = sort && sort.column === head.column;
        head.node.setAttribute("aria-sort", own ? (sort.down ? "descending" : "ascending") : "none");
      }
      scroll().scrollTop = 0;
      refresh();
    }

    function head(column) {
      const name = column === null ? words.item : column.name;
      const button = element("button", { type: "button", text: name, title: words.table.sort(name) });
      button.addEventListener("click", () => sortBy(column));
      const node = element("div", { role: "columnheader", "aria-sort": "none", class: column === null ? "name" : column.kind }, button);
      heads.push({ column, node });
      return node;
    }

    let made = []; // the columns that heads and rows are of
    function makeColumns() {
      const columns = measures.all();
      if (made.length === columns.length && made.every((column, at) => column === columns[at])) return;
      made = columns;
      heads = [];
      pool = [];
      byId("table-body").replaceChildren();
      byId("table-head").replaceChildren(head(null), ...columns.map(head));
      byId("table-head").style.gridTemplateColumns = byId("table-body").style.gridTemplateColumns = row.widths(columns);
      scroll().setAttribute("aria-colcount", columns.length + 1);
    }

    function opened() {
      byId("table-dock").hidden = !isOpen();
      byId("table-open").setAttribute("aria-pressed", String(isOpen()));
      if (!isOpen()) return;
      makeColumns();
      refresh();
    }

    function pressed(event) {
      const page = Math.max(1, Math.floor(bodyHeight() / ROW) - 1);
      const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -shown.length, End: shown.length }[event.key];
      if (event.target !== scroll() || shown.length === 0) return;
      if (event.key === "Enter" && here >= 0) choose(shown[here]);
      else if (by !== undefined) {
        const from = here >= 0 ? here : Math.floor(topRow()) - Math.sign(by); // the first step leads to the top row in sight
        here = Math.max(0, Math.min(shown.length - 1, from + by));
        bringIntoSight(here);
        if (state.pinned < 0) store.set({ focused: shown[here] });
        paint();
      } else return;
      event.preventDefault();
    }

    function bringIntoSight(place) {
      const top = topRow();
      if (place < top) scrollTo(place);
      else if (place > top + bodyHeight() / ROW - 1) scrollTo(place - bodyHeight() / ROW + 1);
    }

    // What is pinned on the map is brought into sight in the table.
    function pinned() {
      if (!isOpen()) return;
      const place = state.pinned < 0 ? -1 : shown.indexOf(state.pinned);
      if (place >= 0) bringIntoSight(place);
      paint();
    }

    // Not every browser lets a page that was opened from a file write to the clipboard.
    async function copy() {
      const rowsAsText = await saveItems.csv(shown);
      const isDone = await navigator.clipboard?.writeText(rowsAsText).then(() => true, () => false);
      byId("table-copy").textContent = isDone ? words.table.copied : words.table.refused;
      setTimeout(() => { byId("table-copy").textContent = words.table.copy; }, 2000);
      speech.say(isDone ? words.table.done(shown.length) : words.table.notCopied);
    }

    function start() {
      byId("table-open").addEventListener("click", () => store.set({ table: !isOpen() }));
      byId("table-close").addEventListener("click", () => {
        store.set({ table: false });
        byId("table-open").focus();
      });
      byId("table-csv").addEventListener("click", async () => saveItems.save("items.csv", "text/csv", await saveItems.csv(shown)));
      byId("table-copy").addEventListener("click", copy);
      scroll().addEventListener("scroll", () => requestAnimationFrame(paint), { passive: true });
      scroll().addEventListener("keydown", pressed);
      new ResizeObserver(paint).observe(scroll());
      store.on("table", opened);
      store.on("filter selection brushing", refresh);
      store.on("tags", opened);
      store.on("pinned focused", pinned);
      store.on("color theme picked", paint);
    }

    return { start };
  });
