// All levels of a column that has many: a list to search. A click gives a level a color of its own, or takes it away again;
// of tags it chooses the one that is shown.
"use strict";

NM.define("level_list", ["store", "color_modes", "legend", "filter", "bins", "palette", "text", "words", "dom"], (store, colorModes, legend, filter, bins, palette, text, words, dom) => {
  const { state } = store;
  const { byId, element } = dom;
  const MAX_ROWS = 100; // of ten thousand names no one reads on; the page must not write them all

  const levels = () => colorModes.current().tags || colorModes.levels();
  const isOpen = () => !byId("level-list").hidden;

  function press(code) {
    const own = levels();
    if (colorModes.current().tags) return legend.pickTag(own, code);
    const picks = own.picks();
    const next = picks.includes(code) ? picks.filter((pick) => pick !== code) : [...picks, code];
    return store.set({ picked: new Map(state.picked).set(own.column.name, next) });
  }

  function row(own, code, chosen, passing) {
    const swatch = element("span", { class: "swatch", "aria-hidden": "true" });
    swatch.style.backgroundColor = chosen === null ? own.colorOf(code) : palette.slotColor(code === chosen ? 0 : palette.OTHER);
    const name = own.nameOfCode(code);
    const pressed = chosen === null ? own.picks().includes(code) : code === chosen;
    const button = element("button", { type: "button", title: name, "aria-pressed": String(pressed), "data-code": code },
      swatch, element("span", { text: name }), element("b", { text: text.count(passing ? passing.at(code) : own.count(code)) }));
    button.addEventListener("click", () => press(code));
    return element("li", {}, button);
  }

  function show() {
    if (!isOpen()) return;
    const own = levels();
    if (own.few) return close();
    const mode = colorModes.current();
    const wanted = byId("level-find").value.trim().toLowerCase();
    const found = Array.from(own.order()).filter((code) => own.names[code].toLowerCase().includes(wanted));
    const chosen = mode.tags ? colorModes.tagOf(mode) : null;
    const passing = filter.isOn() ? bins.count(own.column, filter.bits()) : null; // the last is that of the missing: code -1
    const focused = document.activeElement?.dataset.code;
    byId("level-rows").replaceChildren(...found.slice(0, MAX_ROWS).map((code) => row(own, code, chosen, passing)));
    if (focused !== undefined) byId("level-rows").querySelector(`[data-code="${focused}"]`)?.focus();
    byId("level-note").textContent = found.length > MAX_ROWS
      ? words.legend.largest(MAX_ROWS, found.length) : found.length === 0 ? words.legend.none : "";
  }

  function open() {
    byId("level-list").hidden = false;
    byId("legend-open").setAttribute("aria-expanded", "true");
    byId("level-find").value = "";
    show();
    byId("level-find").focus();
  }

  function close() {
    byId("level-list").hidden = true;
    byId("legend-open").setAttribute("aria-expanded", "false");
  }

  function start() {
    byId("legend-open").addEventListener("click", () => (isOpen() ? close() : open()));
    byId("level-find").addEventListener("input", show);
    byId("level-list").addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation(); // the pinned item stays
      close();
      byId("legend-open").focus();
    });
    document.addEventListener("pointerdown", (event) => {
      if (isOpen() && !event.target.closest("#level-list, #legend")) close();
    });
    store.on("filter picked tags color named map theme", show);
  }

  return { start };
});
