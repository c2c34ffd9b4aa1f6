// The heat map of a vector as an instrument: a click colors the map by a dimension, a drag changes the latent vector.
"use strict";

NM.define("latent_editor", ["store", "latents", "heatmap", "decoder", "color_modes", "words", "dom"], (store, latents, heatmap, decoder, colorModes, words, dom) => {
  const { state } = store;
  const { byId } = dom;
  const TRAVEL = 90; // pixels of drag from zero to the end of the scale
  let reached = 0;   // the one cell that Tab reaches

  function change(dimension, value) {
    if (state.focused < 0 || !decoder.present) return;
    const edited = Float64Array.from(heatmap.shownVector());
    const end = 2 * latents.reach();
    edited[dimension] = Math.max(-end, Math.min(end, value));
    store.set({ pinned: state.focused, edited });
  }

  function refresh() {
    const { edited } = state;
    byId("latent-reset").hidden = !edited;
    byId("decoded-caption").textContent = edited ? words.panel.edited : words.reconstruction;
    if (heatmap.cells().length === 0) return;
    const original = state.focused >= 0 ? latents.of(state.focused) : null;
    const now = edited || original;
    heatmap.cells().forEach(({ node }, j) => {
      node.classList.toggle("edited", edited !== null && original[j] !== edited[j]);
      node.classList.toggle("coloring", state.color === `latent:${j}`);
      node.setAttribute("aria-valuenow", now ? now[j].toFixed(2) : "0");
    });
  }

  function color(dimension) {
    const key = `latent:${dimension}`;
    store.set({ color: state.color === key ? colorModes.plain.key : key });
  }

  function pressed(event, dimension) {
    if (event.button !== 0) return;
    const cell = event.currentTarget;
    cell.setPointerCapture(event.pointerId);
    const from = { x: event.clientX, value: state.focused >= 0 ? heatmap.shownVector()[dimension] : 0, dragged: false };
    const moved = (move) => {
      if (!from.dragged && Math.abs(move.clientX - from.x) < 4) return;
      from.dragged = true;
      change(dimension, from.value + ((move.clientX - from.x) / TRAVEL) * latents.reach());
    };
    const released = () => {
      cell.removeEventListener("pointermove", moved);
      if (!from.dragged) color(dimension);
    };
    cell.addEventListener("pointermove", moved);
    cell.addEventListener("pointerup", released, { once: true });
  }

  function key(event, dimension) {
    const steps = { ArrowUp: 0.1, ArrowDown: -0.1, PageUp: 0.5, PageDown: -0.5 };
    const moves = { ArrowLeft: -1, ArrowRight: 1, Home: -dimension, End: latents.size - 1 - dimension };
    if (event.key in steps && state.focused >= 0) {
      change(dimension, heatmap.shownVector()[dimension] + steps[event.key] * latents.reach());
    } else if (event.key in moves) move(dimension + moves[event.key]);
    else if (event.key === "Enter" || event.key === " ") color(dimension);
    else return;
    event.preventDefault();
  }

  function move(to) {
    const cells = heatmap.cells();
    if (to < 0 || to >= cells.length) return;
    cells[reached].node.tabIndex = -1;
    reached = to;
    cells[reached].node.tabIndex = 0;
    cells[reached].node.focus();
  }

  // The cells are made anew for another set of vectors.
  function equip() {
    reached = 0;
    if (heatmap.cells().length === 0) return refresh();
    const end = (2 * latents.reach()).toFixed(2);
    heatmap.cells().forEach(({ node }, j) => {
      node.setAttribute("role", "slider");
      node.setAttribute("aria-label", words.dimension(j + 1));
      node.setAttribute("aria-valuemin", `-${end}`);
      node.setAttribute("aria-valuemax", end);
      node.tabIndex = j === 0 ? 0 : -1;
      node.title = words.panel.cell(j + 1, decoder.present);
      node.addEventListener("pointerdown", (event) => pressed(event, j));
      node.addEventListener("keydown", (event) => key(event, j));
    });
    refresh();
  }

  function start() {
    byId("latent-reset").addEventListener("click", () => store.set({ edited: null }));
    heatmap.onMade(equip);
    store.on("focused edited color", refresh);
    equip();
  }

  return { start };
});
