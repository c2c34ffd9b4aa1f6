// The levels by which the map is colored. Of few each is a chip: a click hides it or shows it again, a double click or
// Shift-click leaves it alone on the map. Of many the largest and those picked in the list are.
"use strict";

NM.define("legend", ["store", "data", "color_modes", "levels", "filter", "bins", "palette", "words", "dom"], (store, data, colorModes, { MAX_CHIPS }, filter, bins, palette, words, dom) => {
  const { state } = store;
  const { byId, element } = dom;
  let buttons = []; // {code, node}: the chips
  let built = "";   // what the chips were made for

  const pickTag = (tags, code) => store.set({ picked: new Map(state.picked).set(tags.column.name, [code]) });

  function chip(code, name, title, press) {
    const node = element("button", { type: "button", title }, element("span", { class: "swatch", "aria-hidden": "true" }), element("span", { text: name }));
    node.addEventListener("click", press);
    buttons.push({ code, node });
    return element("li", {}, node);
  }

  function levelChip(levels, code) {
    // The second click of a double click: the first has hidden the level already.
    return chip(code, levels.nameOfCode(code), "", ({ shiftKey, detail }) => {
      const { column, codes } = levels;
      if (shiftKey || detail === 2) filter.solo(column, codes, code);
      else filter.toggle(column, codes, code);
    });
  }

  function tagChips(tags) {
    const largest = Array.from(tags.order().slice(0, MAX_CHIPS));
    const codes = [...largest, ...tags.picks().filter((code) => !largest.includes(code))];
    return codes.map((code) => chip(code, tags.names[code], words.items(tags.count(code)), () => pickTag(tags, code)));
  }

  // The levels without a chip are one, gray, which leads to the list of all.
  function restChip(levels, shown) {
    const node = element("button", { type: "button", class: "rest", title: words.legend.rest },
      element("span", { class: "swatch", "aria-hidden": "true" }), element("span", { text: words.other(levels.names.length - shown) }));
    node.firstChild.style.backgroundColor = palette.slotColor(palette.OTHER);
    node.addEventListener("click", () => byId("legend-open").click());
    return element("li", {}, node);
  }

  function build() {
    const { tags } = colorModes.current();
    const levels = tags || colorModes.levels();
    const chips = levels.chips();
    const now = JSON.stringify([levels.column?.name, Boolean(tags), levels.names, chips]);
    if (now === built) return;
    built = now;
    buttons = [];
    const items = tags ? tagChips(tags) : chips.map((code) => levelChip(levels, code));
    if (!levels.few && !tags) items.push(restChip(levels, chips.length));
    if (levels.missing > 0 && !tags) items.push(levelChip(levels, levels.MISSING));
    byId("legend-classes").replaceChildren(...items);
    byId("legend-open").hidden = levels.few;
    byId("legend-open").textContent = words.legend.all(levels.names.length);
    byId("legend").hidden = items.length === 0;
    byId("legend").classList.toggle("few", levels.few);
  }

  function refresh() {
    build();
    const mode = colorModes.current();
    const { tags } = mode;
    const levels = colorModes.levels();
    const chosen = tags ? colorModes.tagOf(mode) : null;
    for (const { code, node } of buttons) {
      node.setAttribute("aria-pressed", String(tags ? code === chosen : filter.keeps(levels.column, code)));
      const color = tags ? palette.slotColor(code === chosen ? 0 : palette.OTHER) : levels.colorOf(code);
      node.firstChild.style.backgroundColor = color;
    }
    byId("legend").classList.toggle("of-tags", Boolean(tags));
    byId("legend").classList.toggle("of-clusters", !tags && levels.column !== null && levels.column === data.clusters);
    byId("legend-all").hidden = tags || !levels.column || !filter.clauseOf(levels.column);
    byId("legend").classList.toggle("uncolored", Boolean(mode.value));
    if (!tags) count(levels);
  }

  // How many points of each level pass the filter.
  function count(levels) {
    if (state.brushing || levels.codes.length === 0) return;
    const passing = filter.isOn() ? bins.count(levels.column, filter.bits()) : null;
    for (const { code, node } of buttons) {
      const all = levels.count(code);
      node.title = passing ? words.legend.chipOf(passing.at(code), all) : words.legend.chip(all);
    }
  }

  function start() {
    byId("legend-all").addEventListener("click", () => filter.dropColumn(colorModes.levels().column));
    store.on("filter brushing picked tags color named map theme", refresh);
    refresh();
  }

  return { start, pickTag };
});
