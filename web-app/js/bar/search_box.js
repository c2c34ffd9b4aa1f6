// The field in which one searches: what is found is listed below it and ringed on the map; Enter flies to an item.
"use strict";

NM.define("search_box", ["store", "data", "search", "names", "filter", "levels", "pictures", "choose", "speech", "words", "dom"],
  (store, data, search, names, filter, levels, pictures, choose, speech, words, dom) => {
    const { byId, element } = dom;
    const MAX_LISTED = 60;
    const AROUND = 32; // letters shown before what was found in a text
    const LONGEST_EXAMPLE = 12; // letters for which the field has room
    const WORD = /\p{L}{3}/u;   // a code of fewer letters shows nothing
    let options = [];  // {node, run}
    let active = -1;

    const input = () => byId("jump-index");
    const isOpen = () => !byId("search-panel").hidden;

    function go(item) {
      if (!filter.passes(item)) filter.clear(); // whoever asks for an item by name means to see it
      close();
      choose.fly(item);
    }

    // Some words of a text around the first that was looked for, that one marked.
    async function snippet(node, column, item, wanted) {
      const own = (await column.texts())[item];
      const at = own.toLowerCase().indexOf(wanted);
      const from = Math.max(0, at - AROUND);
      node.replaceChildren(from > 0 ? "…" : "", own.slice(from, at), element("mark", { text: own.slice(at, at + wanted.length) }),
        own.slice(at + wanted.length, at + 120));
    }

    function option(run, ...children) {
      const node = element("li", { role: "option", id: `search-${options.length}`, "aria-selected": "false" }, ...children);
      node.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
      node.addEventListener("click", run);
      options.push({ node, run });
      return node;
    }

    function itemOption(item, wanted) {
      const parts = [];
      if (pictures.present && pictures.shows(item)) {
        const canvas = element("canvas", { width: pictures.side, height: pictures.side });
        pictures.paintItem(canvas, item);
        parts.push(canvas);
      }
      const around = element("span", { class: "words" });
      const column = search.placeOf(item, wanted);
      if (column) snippet(around, column, item, wanted);
      return option(() => go(item), ...parts, element("span", { class: "called", text: names.called(item) }), around);
    }

    function levelOption({ column, code }) {
      const keep = () => {
        close();
        filter.set({ op: "in", column: column.name, codes: [code] });
      };
      return option(keep, element("span", { class: "called", text: column.levels[code] }),
        element("span", { class: "words", text: words.search.level(column.name, levels.of(column).count(code)) }), element("em", { text: words.search.filter }));
    }

    function show() {
      const given = input().value;
      input().removeAttribute("aria-invalid");
      if (given.trim() === "") return close();
      const { items, levels: named, left } = search.find(given);
      options = [];
      active = -1;
      const wanted = given.trim().toLowerCase();
      byId("search-results").replaceChildren(...named.map(levelOption), ...items.slice(0, MAX_LISTED).map((item) => itemOption(item, wanted)));
      byId("search-note").textContent = words.search.note(items.length, left);
      byId("search-select").hidden = items.length === 0;
      byId("search-panel").hidden = false;
      input().setAttribute("aria-expanded", "true");
      input().removeAttribute("aria-activedescendant");
      store.set({ found: Uint32Array.from(items) });
      return items;
    }

    function close() {
      byId("search-panel").hidden = true;
      input().setAttribute("aria-expanded", "false");
      input().removeAttribute("aria-activedescendant");
      store.set({ found: null });
    }

    function move(by) {
      if (options.length === 0) return;
      if (active >= 0) options[active].node.setAttribute("aria-selected", "false");
      active = (active + by + options.length + (active < 0 && by < 0 ? 1 : 0)) % options.length;
      const { node } = options[active];
      node.setAttribute("aria-selected", "true");
      node.scrollIntoView({ block: "nearest" });
      input().setAttribute("aria-activedescendant", node.id);
    }

    function enter() {
      if (active >= 0) return options[active].run();
      const given = input().value;
      const item = names.find(given);
      const found = item >= 0 ? item : search.find(given).items[0] ?? -1;
      if (found >= 0) return go(found);
      input().setAttribute("aria-invalid", given.trim() === "" ? "false" : "true");
      return speech.say(words.search.nothing(given));
    }

    function pressed(event) {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (by) {
        event.preventDefault();
        if (isOpen()) move(by);
        else show();
      } else if (event.key === "Escape" && isOpen()) {
        event.stopPropagation(); // the pinned item stays
        close();
      }
    }

    // A slash anywhere but in a field leads here.
    function slash(event) {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest?.("input, textarea, select")) return;
      event.preventDefault();
      input().focus();
    }

    // In the empty field a word that there is.
    function example() {
      const leveled = [data.label, ...data.columns].filter((column) => column?.levels && column.kind !== "bool");
      const fits = (name) => name.length <= LONGEST_EXAMPLE && WORD.test(name);
      const word = leveled.map((column) => column.levels.find(fits)).find(Boolean);
      if (word && !dom.isPhone()) input().placeholder = words.search.example(word);
    }

    function start() {
      example();
      input().addEventListener("focus", () => search.prepare());
      input().addEventListener("input", async () => {
        await search.prepare();
        show();
      });
      input().addEventListener("keydown", pressed);
      byId("jump-form").addEventListener("submit", async (event) => {
        event.preventDefault();
        await search.prepare();
        enter();
      });
      byId("search-select").addEventListener("click", () => {
        const found = store.state.found;
        close();
        store.set({ selection: Uint32Array.from(found).sort() });
      });
      document.addEventListener("keydown", slash);
      document.addEventListener("pointerdown", (event) => { if (isOpen() && !event.target.closest("#jump-form, #stage")) close(); });
    }

    return { start };
  });
