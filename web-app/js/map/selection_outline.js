// The selected dots stand out by an outline, whatever they are colored by.
"use strict";

NM.define("selection_outline", ["store", "places", "view", "overlay", "dom"], (store, places, view, overlay, dom) => {
  const { state } = store;
  const MAX_OUTLINES = 20000; // beyond that the outlines are one blot, and slow

  function paint(context, f) {
    const items = state.selection;
    if (!items || items.length === 0) return false;
    const { x, y } = places.shown();
    const half = view.dotSize() / 2 + 0.5;
    context.strokeStyle = dom.css("--ink");
    context.lineWidth = 1;
    context.globalAlpha = 0.55;
    context.beginPath();
    for (let at = 0; at < items.length; at += Math.ceil(items.length / MAX_OUTLINES)) {
      const [px, py] = view.toScreen(f, x[items[at]], y[items[at]]);
      context.moveTo(px + half, py);
      context.arc(px, py, half, 0, 2 * Math.PI);
    }
    context.stroke();
    context.globalAlpha = 1;
    return true;
  }

  function start() {
    overlay.add("selection", paint);
    store.on("selection", overlay.request);
  }

  return { start };
});
