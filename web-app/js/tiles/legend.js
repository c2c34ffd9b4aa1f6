// What colors the map, its classes as chips that hide and show them, and how strong a color stands for how many rows.
"use strict";

NM.define("legend", ["store", "data", "map", "picture", "palette", "text", "words", "dom"], (store, data, map, picture, palette, text, words, dom) => {
  const { state } = store;
  const { byId, element } = dom;
  const chips = [];

  function toggle(code, alone) {
    const others = data.classes.map((_, other) => other).filter((other) => other !== code);
    if (alone) return store.set({ hidden: new Set(others) });
    const hidden = new Set(state.hidden);
    if (!hidden.delete(code)) hidden.add(code);
    return store.set({ hidden });
  }

  function chip({ title, rows }, code) {
    const node = element("button", { type: "button", title: words.tiles.chip(rows) },
      element("span", { class: "swatch", "aria-hidden": "true" }), element("span", { text: title }));
    // The second click of a double click: the first has hidden the class already.
    node.addEventListener("click", ({ shiftKey, detail }) => toggle(code, shiftKey || detail === 2));
    chips.push(node);
    return element("li", {}, node);
  }

  function refresh() {
    chips.forEach((node, code) => {
      node.setAttribute("aria-pressed", String(!state.hidden.has(code)));
      node.firstChild.style.backgroundColor = picture.colorOfClass(code);
    });
    byId("legend").classList.toggle("uncolored", state.color === "isolation");
    byId("legend-all").hidden = state.hidden.size === 0;
    ramp();
  }

  function ramp() {
    const byIsolation = state.color === "isolation";
    const { low, high } = picture.ISOLATION;
    const peak = Math.max(...map.covering().slice(0, 1).map(({ level }) => data.peaks[level]), 1);
    const ink = data.classes.length > 0 ? dom.css("--ink") : picture.colorOfClass(0);
    const ends = byIsolation ? [words.tiles.low(low), words.tiles.high(high)] : [text.count(1), words.tiles.perCell(peak)];
    const stops = byIsolation ? palette.stops("sequential") : [`color-mix(in srgb, ${ink} ${picture.FAINTEST * 100}%, transparent)`, ink];
    byId("ramp").setAttribute("aria-label", (byIsolation ? words.tiles.rampIsolation : words.tiles.rampRows)(...ends));
    byId("ramp-low").textContent = ends[0];
    byId("ramp-high").textContent = ends[1];
    byId("ramp-bar").style.background = `linear-gradient(to right, ${stops.join(", ")})`;
  }

  function start() {
    byId("color").append(
      element("option", { value: "class", text: data.classes.length > 0 ? data.label || words.tiles.class : words.tiles.density }),
      element("option", { value: "isolation", text: words.tiles.isolation }));
    byId("color").value = state.color;
    byId("color").addEventListener("change", () => store.set({ color: byId("color").value }));
    byId("legend-classes").replaceChildren(...data.classes.map(chip));
    byId("legend").hidden = data.classes.length === 0;
    byId("legend-all").addEventListener("click", () => store.set({ hidden: new Set() }));
    store.on("hidden color theme", refresh);
    map.onDrawn(ramp);
    refresh();
  }

  return { start };
});
