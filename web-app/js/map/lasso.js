// Drawing around dots: a free line or a box. What lies inside becomes the selection.
"use strict";

NM.define("lasso", ["store", "data", "places", "view", "select_region", "overlay", "dom"], (store, data, places, view, selectRegion, overlay, dom) => {
  const { state } = store;
  let line = null; // corners drawn so far, in the stage's pixels

  function begin(x, y) {
    line = [[x, y]];
  }

  function extend(x, y) {
    if (!line) return;
    if (state.mode === "box") {
      const [x0, y0] = line[0];
      line = [[x0, y0], [x, y0], [x, y], [x0, y]];
    } else {
      line.push([x, y]);
    }
    overlay.request();
  }

  function cancel() {
    line = null;
    overlay.request();
  }

  function end() {
    const f = view.frame();
    const corners = line.map(([px, py]) => view.toMap(f, px, py));
    cancel();
    if (corners.length > 2) selectRegion.select(state.map, places.shown(), corners);
  }

  // The way to a selection without a pointer.
  function selectView() {
    const { x0, x1, y0, y1 } = state.view;
    selectRegion.select(state.map, places.shown(), [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]);
  }

  // The line that is being drawn; else that of a filter on this map.
  function paint(context, f) {
    const kept = !places.isPast() && state.filter.find(({ op, map }) => op === "within" && map === data.maps[state.map].name);
    if (!line && kept) return outline(context, kept.corners.map(([x, y]) => view.toScreen(f, x, y)));
    if (!line || line.length < 2) return false;
    const accent = dom.css("--accent");
    context.beginPath();
    line.forEach(([x, y], at) => (at ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
    context.strokeStyle = context.fillStyle = accent;
    context.lineWidth = 1.5;
    context.globalAlpha = 0.12;
    context.fill();
    context.globalAlpha = 1;
    context.stroke();
    return true;
  }

  function outline(context, corners) {
    context.beginPath();
    corners.forEach(([x, y], at) => (at ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
    context.strokeStyle = dom.css("--accent");
    context.lineWidth = 1.25;
    context.setLineDash([5, 4]);
    context.stroke();
    context.setLineDash([]);
    return true;
  }

  function refresh() {
    for (const mode of ["pan", "lasso", "box"]) dom.byId(`mode-${mode}`).setAttribute("aria-pressed", String(state.mode === mode));
    dom.byId("stage").dataset.mode = state.mode;
  }

  function start() {
    for (const mode of ["pan", "lasso", "box"]) dom.byId(`mode-${mode}`).addEventListener("click", () => store.set({ mode }));
    dom.byId("select-view").addEventListener("click", selectView);
    overlay.add("lasso", paint);
    store.on("mode", refresh);
    refresh();
  }

  return { start, begin, extend, end, cancel };
});
