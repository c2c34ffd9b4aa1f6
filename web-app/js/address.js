// The view in the address: what is seen can be bookmarked and sent, and back and forward work.
"use strict";

NM.define("address", ["store", "data", "latents", "names", "color_modes", "clause_text", "view"], (store, data, latents, names, colorModes, clauseText, view) => {
  const { state } = store;
  let written = "";
  let timer = 0;
  let reading = false;

  // The column of levels by which a color mode colors, and which of them are picked.
  function chosenOf(color, mapNumber = state.map) {
    const mode = colorModes.find(color, mapNumber) || colorModes.plain;
    const levels = mode.tags || mode.levels;
    return { levels, column: levels?.column ?? null, picks: levels ? levels.picks() : [] };
  }

  function write() {
    const parts = [`map=${encodeURIComponent(data.maps[state.map].name)}`];
    if (state.beside >= 0) parts.push(`beside=${encodeURIComponent(data.maps[state.beside].name)}`);
    const { x0, x1, y0, y1 } = state.view;
    if (state.frame >= 0) parts.push(`t=${state.frame}`);
    parts.push(`view=${[(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0].map((v) => Number(v.toPrecision(6))).join(",")}`);
    if (state.pinned >= 0) parts.push(`item=${data.index[state.pinned]}`);
    if (state.color !== colorModes.plain.key) parts.push(`color=${encodeURIComponent(state.color)}`);
    if (state.byRank) parts.push("shades=rank");
    const { column, picks } = chosenOf(state.color);
    if (column && picks.length > 0) parts.push(`pick=${picks.join(",")}`);
    if (state.filter.length > 0) parts.push(`where=${clauseText.write(state.filter)}`);
    if (state.path.length === 2) parts.push(`path=${state.path.map((item) => data.index[item]).join(",")}`);
    return `#${parts.join("&")}`;
  }

  // A step of its own in the history for a choice; panning and zooming only change the present step.
  function save(step) {
    clearTimeout(timer);
    if (reading) return;
    timer = setTimeout(() => {
      const now = write();
      if (now === written) return;
      written = now;
      if (step) location.hash = now;
      else location.replace(now);
    }, step ? 0 : 250);
  }

  // Anything may stand in an address: what does not fit the data is passed over.
  function read() {
    const given = new URLSearchParams(location.hash.slice(1));
    const numbers = (name) => (given.get(name) || "").split(",").filter((part) => part !== "").map(Number);
    const itemAt = (index) => (Number.isInteger(index) ? names.ofNumber(index) : -1);
    const patch = { color: colorModes.plain.key, pinned: -1, focused: -1, filter: clauseText.read(location.hash), path: [] };

    patch.map = Math.max(0, data.maps.findIndex((map) => map.name === given.get("map")));
    patch.beside = data.maps.findIndex((map) => map.name === given.get("beside"));
    const frames = data.maps[patch.map].frames?.names.length ?? 0;
    const [frame] = numbers("t");
    patch.frame = Number.isInteger(frame) && frame >= 0 && frame < frames - 1 ? frame : -1;
    const [x, y, width] = numbers("view");
    patch.view = view.fit(data.maps[patch.map].extent);
    if ([x, y, width].every(Number.isFinite)) {
      const height = (width / (patch.view.x1 - patch.view.x0)) * (patch.view.y1 - patch.view.y0);
      const wanted = { x0: x - width / 2, x1: x + width / 2, y0: y - height / 2, y1: y + height / 2 };
      if (view.isSensible(wanted, patch.map)) patch.view = wanted;
    }
    const item = given.has("item") ? itemAt(Number(given.get("item"))) : -1;
    if (item >= 0) patch.pinned = patch.focused = item;
    if (given.has("color") && colorModes.find(given.get("color"), patch.map)) patch.color = given.get("color");
    patch.byRank = given.get("shades") === "rank";
    const { levels, column } = chosenOf(patch.color, patch.map);
    const picked = numbers("pick").filter((code) => column && code in levels.names);
    if (column) patch.picked = new Map(state.picked).set(column.name, picked);
    const path = numbers("path").map(itemAt);
    if (latents.present && path.length === 2 && path.every((end) => end >= 0)) patch.path = path;
    return patch;
  }

  function follow() {
    if (location.hash === written) return;
    written = location.hash;
    reading = true;
    store.set(read());
    // What was read may have made the legend higher and the map lower: the view is that of the window as it is now.
    view.measure();
    store.set({ view: read().view });
    reading = false;
  }

  function start() {
    // A page that a notebook shows has no address of its own: that would lead to the notebook.
    if (["about:", "blob:"].includes(location.protocol)) return;
    if (location.hash.length > 1) follow();
    window.addEventListener("hashchange", follow);
    store.on("map beside pinned color byRank filter brushing picked path", () => { if (!state.brushing) save(true); });
    store.on("frame playing", () => { if (!state.playing) save(false); });
    store.on("view", (_, changed) => { if (changed.size === 1) save(false); });
  }

  return { start };
});
