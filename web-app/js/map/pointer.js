// Mouse, pen and fingers on the map: hover, click, pan, wheel, pinch, lasso.
"use strict";

NM.define("pointer", ["store", "data", "pick", "view", "lasso", "path", "describe", "color_modes", "class_names", "clusters", "dom"], (store, data, pick, view, lasso, path, describe, colorModes, classNames, clusters, dom) => {
  const { state } = store;
  const SLACK = 4; // pixels that a press may wander and still be a click
  const FINGER = 24; // a finger is thicker than a mouse pointer

  let stage;
  const held = new Map(); // pointerId -> where it is now
  let press = null;       // the press that may become a click or a drag
  let tapped = false;     // the last touch chose an item

  function place(event) {
    const bounds = stage.getBoundingClientRect();
    return [event.clientX - bounds.left, event.clientY - bounds.top];
  }

  function pressed(event) {
    if (event.button !== 0) return;
    stage.setPointerCapture(event.pointerId);
    const [x, y] = place(event);
    held.set(event.pointerId, [x, y]);
    const several = held.size > 1;
    press = { x, y, dragging: several, several, shift: event.shiftKey, gap: gap(), middle: middle() };
    press.draws = state.mode !== "pan" && !several;
  }

  function gap() {
    const [a, b] = [...held.values()];
    return b ? Math.hypot(a[0] - b[0], a[1] - b[1]) : 0;
  }

  function middle() {
    const all = [...held.values()];
    return [0, 1].map((axis) => all.reduce((sum, p) => sum + p[axis], 0) / all.length);
  }

  function moved(event) {
    const [x, y] = place(event);
    if (!held.has(event.pointerId)) {
      if (event.pointerType !== "touch") pick.hover(x, y);
      stage.classList.toggle("over-name", clusterAt(x, y) >= 0);
      return;
    }
    const before = held.get(event.pointerId);
    held.set(event.pointerId, [x, y]);
    if (!press.dragging) {
      if (Math.hypot(x - press.x, y - press.y) < SLACK) return;
      press.dragging = true;
      stage.classList.add("dragging");
      if (press.draws) lasso.begin(press.x, press.y);
    }
    if (press.several) pinch();
    else if (press.draws) lasso.extend(x, y);
    else view.panBy(x - before[0], y - before[1]);
  }

  function pinch() {
    const [now, center] = [gap(), middle()];
    view.panBy(center[0] - press.middle[0], center[1] - press.middle[1]);
    if (press.gap > 0 && now > 0) view.zoomAt(center[0], center[1], now / press.gap);
    press.gap = now;
    press.middle = center;
  }

  function released(event) {
    if (!held.delete(event.pointerId)) return;
    if (held.size > 0) { // one finger of two was lifted: the other goes on as a pan, not as a click
      const [x, y] = [...held.values()][0];
      press = { x, y, dragging: true, several: false, draws: false };
      return;
    }
    const done = press;
    press = null;
    stage.classList.remove("dragging");
    if (event.type === "pointercancel") {
      if (done.draws) lasso.cancel();
    } else if (done.dragging) {
      if (done.draws && !done.several) lasso.end();
    } else {
      clicked(done, event);
    }
  }

  // The cluster whose name lies there; the names of other levels let a click through to the dots.
  const clusterAt = (x, y) => (data.clusters && colorModes.levels().column === data.clusters ? classNames.at(x, y) : -1);

  function clicked(at, event) {
    const cluster = clusterAt(at.x, at.y);
    if (cluster >= 0) return clusters.select(cluster);
    const touch = event.pointerType === "touch";
    const item = pick.at(at.x, at.y, touch ? FINGER : undefined);
    tapped = touch && item >= 0;
    if (at.shift) {
      if (item >= 0) path.add(item);
    } else if (item >= 0) {
      pick.pin(item);
      describe.announce(item);
    } else {
      store.set({ focused: -1, pinned: -1 });
    }
  }

  function left(event) {
    if (held.size === 0 && state.pinned < 0 && event.pointerType !== "touch") store.set({ focused: -1 });
  }

  // Where the window is too small for the page, the wheel scrolls it, and Ctrl (or a pinch) zooms.
  function wheeled(event) {
    const scrolls = document.documentElement.scrollHeight > window.innerHeight + 1;
    if (scrolls && !event.ctrlKey) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    const [x, y] = place(event);
    view.zoomAt(x, y, Math.exp(-Math.max(-240, Math.min(240, event.deltaY * lines)) * (event.ctrlKey ? 0.01 : 0.002)));
  }

  function start() {
    stage = dom.byId("stage");
    stage.addEventListener("pointerdown", pressed);
    stage.addEventListener("pointermove", moved);
    stage.addEventListener("pointerup", released);
    stage.addEventListener("pointercancel", released);
    stage.addEventListener("pointerleave", left);
    stage.addEventListener("wheel", wheeled, { passive: false });
    // The sheet may now be where the finger was: the click that follows a tap would open one of its tabs.
    stage.addEventListener("touchend", (event) => { if (tapped) event.preventDefault(); }, { passive: false });
    stage.addEventListener("touchstart", () => { tapped = false; }, { passive: true });
    stage.addEventListener("dblclick", (event) => {
      if (pick.at(...place(event)) < 0) view.reset();
    });
  }

  return { start };
});
