// The sheet above the dots: whatever must be drawn there registers a painter, and all are drawn once per frame.
"use strict";

NM.define("overlay", ["store", "view", "dom"], (store, view, dom) => {
  // Drawn in this order, the first lowest.
  const ORDER = ["contours", "selection", "thumbnails", "found", "class_names", "neighbor_lines", "path", "dropped", "lasso"];
  const painters = [];
  let canvas;
  let waiting = false;
  let blank = true;

  function paintAll() {
    waiting = false;
    const f = view.frame();
    const width = Math.round((f.left + f.width) * f.ratio);
    const height = Math.round((f.top + f.height) * f.ratio);
    const context = canvas.getContext("2d");
    if (canvas.width !== width || canvas.height !== height) {
      Object.assign(canvas, { width, height });
      Object.assign(canvas.style, { width: `${f.left + f.width}px`, height: `${f.top + f.height}px` });
    } else if (!blank) {
      context.clearRect(0, 0, width, height);
    }
    blank = true;
    context.setTransform(f.ratio, 0, 0, f.ratio, 0, 0);
    context.save();
    context.beginPath();
    context.rect(f.left, f.top, f.width, f.height);
    context.clip();
    // A painter says whether it drew anything: an empty sheet is not cleared again.
    for (const painter of painters) if (painter.paint(context, f)) blank = false;
    context.restore();
  }

  function request() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(paintAll);
  }

  // A painter is one of ORDER, and draws when it is asked to.
  function add(name, paint) {
    painters.push({ name, paint });
    painters.sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
  }

  function start() {
    canvas = dom.byId("overlay");
    // Under a brush what lies over the dots stays as it is.
    store.on("view map frame filter brushing picked layers color painted named theme", (state, changed) => {
      const isBrush = changed.size === 1 && (changed.has("filter") || changed.has("painted"));
      if (!state.brushing || !isBrush) request();
    });
    request();
  }

  return { start, add, request };
});
