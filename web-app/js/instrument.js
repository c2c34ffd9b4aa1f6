// The heat map as an instrument: a click colours the map by a dimension, a drag changes the latent vector.
(function () {
  "use strict";
  const NM = window.NeuralManifold;
  const { state, byId } = NM;

  const TRAVEL = 90; // pixels of drag from zero to the end of the scale
  let edited = null; // the changed latent vector of the pinned item
  let focus = 0;     // the one cell that Tab reaches

  function change(dimension, value) {
    if (state.picked < 0 || !NM.data.decoder) return;
    if (state.pinned < 0) NM.pick.pin(state.picked);
    if (!edited) edited = NM.latent(state.picked);
    const end = 2 * NM.latentReach();
    edited[dimension] = Math.max(-end, Math.min(end, value));
    NM.heatmap.show(edited);
    refresh();
    NM.details.decoded(state.picked, edited);
  }

  const valueOf = (dimension) => (edited || NM.latent(state.picked))[dimension];

  function reset() {
    if (!edited) return;
    edited = null;
    NM.heatmap.show(NM.latent(state.picked));
    NM.details.decoded(state.picked, NM.latent(state.picked));
    refresh();
  }

  function dropped() {
    edited = null;
    refresh();
  }

  function refresh() {
    byId("latent-reset").hidden = !edited;
    byId("decoded-caption").textContent = edited ? "Decoded, edited" : "Reconstruction";
    const original = state.picked >= 0 ? NM.latent(state.picked) : null;
    const now = edited || original;
    NM.heatmap.cells.forEach(({ node }, j) => {
      node.classList.toggle("edited", edited !== null && original[j] !== edited[j]);
      node.classList.toggle("coloring", state.color === `latent:${j}`);
      node.setAttribute("aria-valuenow", now ? now[j].toFixed(2) : "0");
    });
  }

  function color(dimension) {
    const key = `latent:${dimension}`;
    NM.set({ color: state.color === key ? "class" : key });
  }

  function pressed(event, dimension) {
    if (event.button !== 0) return;
    const cell = event.currentTarget;
    cell.setPointerCapture(event.pointerId);
    const from = { x: event.clientX, value: state.picked >= 0 ? valueOf(dimension) : 0, dragged: false };
    const moved = (move) => {
      if (!from.dragged && Math.abs(move.clientX - from.x) < 4) return;
      from.dragged = true;
      change(dimension, from.value + ((move.clientX - from.x) / TRAVEL) * NM.latentReach());
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
    const moves = { ArrowLeft: -1, ArrowRight: 1, Home: -dimension, End: NM.data.latentSize - 1 - dimension };
    if (event.key in steps && state.picked >= 0) change(dimension, valueOf(dimension) + steps[event.key] * NM.latentReach());
    else if (event.key in moves) move(dimension + moves[event.key]);
    else if (event.key === "Enter" || event.key === " ") color(dimension);
    else return;
    event.preventDefault();
  }

  function move(to) {
    const { cells } = NM.heatmap;
    if (to < 0 || to >= cells.length) return;
    cells[focus].node.tabIndex = -1;
    focus = to;
    cells[focus].node.tabIndex = 0;
    cells[focus].node.focus();
  }

  function start() {
    NM.heatmap.cells.forEach(({ node }, j) => {
      node.setAttribute("role", "slider");
      node.setAttribute("aria-label", `Dimension ${j + 1}`);
      node.setAttribute("aria-valuemin", (-2 * NM.latentReach()).toFixed(2));
      node.setAttribute("aria-valuemax", (2 * NM.latentReach()).toFixed(2));
      node.tabIndex = j === 0 ? 0 : -1;
      node.title = `Dimension ${j + 1}. Click colours the map by it${NM.data.decoder ? ", drag changes it" : ""}`;
      node.addEventListener("pointerdown", (event) => pressed(event, j));
      node.addEventListener("keydown", (event) => key(event, j));
    });
    byId("latent-reset").addEventListener("click", reset);
    NM.on("picked", dropped);
    NM.on("color", refresh);
    refresh();
  }

  NM.instrument = { start };
})();
