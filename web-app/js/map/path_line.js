// The path on the map: through the real items nearest to each of its steps.
"use strict";

NM.define("path_line", ["store", "places", "view", "overlay", "dom"], (store, places, view, overlay, dom) => {
  const { state } = store;

  function paint(context, f) {
    if (state.path.length === 0) return false;
    const { x, y } = places.shown();
    const place = (item) => view.toScreen(f, x[item], y[item]);
    context.strokeStyle = context.fillStyle = dom.css("--accent");
    context.lineWidth = 2;
    context.lineJoin = "round";
    if (state.pathSteps) {
      context.beginPath();
      state.pathSteps.steps.forEach(({ item }, at) => (at ? context.lineTo(...place(item)) : context.moveTo(...place(item))));
      context.stroke();
    }
    for (const item of state.path) {
      context.beginPath();
      context.arc(...place(item), 6, 0, 2 * Math.PI);
      context.fill();
    }
    if (state.pathHere >= 0) {
      context.beginPath();
      context.arc(...place(state.pathHere), 8, 0, 2 * Math.PI);
      context.stroke();
    }
    return true;
  }

  function start() {
    overlay.add("path", paint);
    store.on("path pathSteps pathHere", overlay.request);
  }

  return { start };
});
