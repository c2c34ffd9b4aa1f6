// Rings around what a search has found.
"use strict";

NM.define("found_rings", ["store", "places", "view", "overlay", "dom"], (store, places, view, overlay, dom) => {
  const { state } = store;
  const MAX_RINGS = 5000; // beyond that the rings are one blot, and slow

  function paint(context, f) {
    const items = state.found;
    if (!items || items.length === 0) return false;
    const { x, y } = places.shown();
    const radius = view.dotSize() / 2 + 3.5;
    context.strokeStyle = dom.css("--accent");
    context.lineWidth = 1.75;
    context.beginPath();
    for (let at = 0; at < items.length; at += Math.ceil(items.length / MAX_RINGS)) {
      const [px, py] = view.toScreen(f, x[items[at]], y[items[at]]);
      context.moveTo(px + radius, py);
      context.arc(px, py, radius, 0, 2 * Math.PI);
    }
    context.stroke();
    return true;
  }

  function start() {
    overlay.add("found", paint);
    store.on("found", overlay.request);
  }

  return { start };
});
