// The tab of the lists: what to look at first. An item is a click away from its place on the map.
"use strict";

NM.define("lists", ["store", "look_first", "filter", "names", "color_modes", "pictures", "choose", "words", "dom"],
  (store, lookFirst, filter, names, colorModes, pictures, choose, words, dom) => {
    const { state } = store;
    const { byId, element } = dom;
    const MAX_LISTED = 100;
    let chosen = null; // the key of the list that is open
    let shown = [];    // its items that pass the filter
    let asked = 0;

    function row({ item, reason }) {
      const swatch = element("span", { class: "swatch" });
      swatch.style.backgroundColor = colorModes.levelColor(item);
      const parts = [swatch];
      if (pictures.shows(item)) {
        const canvas = element("canvas", { width: pictures.side, height: pictures.side });
        pictures.paintItem(canvas, item);
        parts.push(canvas);
      }
      const title = names.title(item);
      const name = title ? element("span", {}, `${title} `, element("small", { text: names.plain(item) })) : element("span", { text: names.full(item) });
      const button = element("button", { type: "button", title: words.lists.reason(names.full(item), reason) }, ...parts, name, element("small", { text: reason }));
      button.addEventListener("click", () => choose(item));
      return element("li", {}, button);
    }

    async function show() {
      if (state.tab !== "lists" || state.brushing) return;
      const lists = lookFirst.offered();
      byId("lists-none").hidden = lists.length > 0;
      const list = lists.find(({ key }) => key === chosen) || null;
      byId("list-choice").replaceChildren(...lists.map((other) => {
        const button = element("button", { type: "button", text: other.title, "aria-pressed": String(other === list) });
        button.addEventListener("click", () => {
          chosen = other.key;
          show();
          byId("list-choice").querySelector("[aria-pressed=true]").focus();
        });
        return element("li", {}, button);
      }));
      byId("list-some").hidden = list === null;
      if (list === null) return;
      const ask = ++asked;
      byId("list-note").textContent = words.lists.looking(list.note);
      await names.read();
      const found = await lookFirst.find(list, filter.passes);
      if (ask !== asked) return;
      shown = found.map(({ item }) => item);
      byId("list-note").textContent = list.note;
      byId("list-count").textContent = found.length === 0 ? words.lists.empty : words.items(found.length);
      byId("list-select").hidden = found.length === 0;
      byId("list-items").replaceChildren(...found.slice(0, MAX_LISTED).map(row));
      byId("list-rest").textContent = found.length > MAX_LISTED ? words.lists.first(MAX_LISTED) : "";
    }

    function start() {
      byId("list-select").addEventListener("click", () => store.set({ selection: Uint32Array.from(shown).sort() }));
      store.on("tab map filter brushing theme color picked", show);
    }

    return { start };
  });
