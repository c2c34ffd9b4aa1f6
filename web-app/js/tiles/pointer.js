// Mouse, pen and fingers on the map of tiles: hover, tap, pan, wheel, pinch.
"use strict";

NM.define("pointer", ["store", "view", "dots", "dom"], (store, view, dots, dom) => {
  const SLACK = 4;       // pixels that a press may wander and still be a tap
  const NEAR = 14;
  const FINGER = 24;     // a finger is thicker than a mouse pointer
  const held = new Map(); // pointerId -> where it is now
  let stage;
  let isDrag = false;

  function place(event) {
    const bounds = stage.getBoundingClientRect();
    return [event.clientX - bounds.left, event.clientY - bounds.top];
  }

  const point = (x, y, radius) => {
    const found = dots.nearest(view.frame(), x, y, radius);
    const { point: before } = store.state;
    if (found?.tile !== before?.tile || found?.at !== before?.at) store.set({ point: found });
  };

  function pressed(event) {
    if (event.button !== 0) return;
    stage.setPointerCapture(event.pointerId);
    held.set(event.pointerId, place(event));
    isDrag = held.size > 1;
  }

  // Where the fingers' middle is, and how far they are apart.
  function grip() {
    const all = [...held.values()];
    const middle = [0, 1].map((axis) => all.reduce((sum, at) => sum + at[axis], 0) / all.length);
    return { middle, gap: all.length > 1 ? Math.hypot(all[0][0] - all[1][0], all[0][1] - all[1][1]) : 0 };
  }

  function moved(event) {
    const [x, y] = place(event);
    if (!held.has(event.pointerId)) {
      if (event.pointerType !== "touch") point(x, y, NEAR);
      return;
    }
    const [beforeX, beforeY] = held.get(event.pointerId);
    if (!isDrag && Math.hypot(x - beforeX, y - beforeY) < SLACK) return;
    isDrag = true;
    store.set({ point: null });
    stage.classList.add("dragging");
    const before = grip();
    held.set(event.pointerId, [x, y]);
    const now = grip();
    view.panBy(now.middle[0] - before.middle[0], now.middle[1] - before.middle[1]);
    if (before.gap > 0 && now.gap > 0) view.zoomAt(now.middle[0], now.middle[1], now.gap / before.gap);
  }

  function released(event) {
    if (!held.delete(event.pointerId) || held.size > 0) return;
    stage.classList.remove("dragging");
    if (!isDrag && event.type === "pointerup") point(...place(event), event.pointerType === "touch" ? FINGER : NEAR);
  }

  // Where the window is too small for the page, the wheel scrolls it, and Ctrl (or a pinch) zooms.
  function wheeled(event) {
    const scrolls = document.documentElement.scrollHeight > window.innerHeight + 1;
    if (scrolls && !event.ctrlKey) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    view.zoomAt(...place(event), Math.exp(-Math.max(-240, Math.min(240, event.deltaY * lines)) * (event.ctrlKey ? 0.01 : 0.002)));
  }

  function start() {
    stage = dom.byId("stage");
    stage.addEventListener("pointerdown", pressed);
    stage.addEventListener("pointermove", moved);
    stage.addEventListener("pointerup", released);
    stage.addEventListener("pointercancel", released);
    stage.addEventListener("pointerleave", ({ pointerType }) => { if (held.size === 0 && pointerType !== "touch") store.set({ point: null }); });
    stage.addEventListener("wheel", wheeled, { passive: false });
    stage.addEventListener("dblclick", view.reset);
  }

  return { start };
});
