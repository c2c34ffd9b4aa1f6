// Which item the pointer means, the ring around it, and pinning.
"use strict";

NM.define("pick", ["store", "places", "view", "grid", "filter", "color_modes", "dom"], (store, places, view, grid, filter, colorModes, dom) => {
  const { state } = store;
  const RADIUS = 14;
  let ring;

  function at(px, py, radius = RADIUS) {
    const f = view.frame();
    const inside = px >= f.left && py >= f.top && px <= f.left + f.width && py <= f.top + f.height;
    if (!inside) return -1;
    const [x, y] = view.toMap(f, px, py);
    return grid.nearest(grid.gridOf(places.shown()), x, y, f.scaleX, f.scaleY, radius, filter.passes);
  }

  // A pinned item keeps the panel until it is freed.
  function hover(px, py) {
    if (state.pinned < 0 && !places.isMoving()) store.set({ focused: at(px, py) });
  }

  const pin = (i) => store.set({ focused: i, pinned: i });

  // An element of its own, moved by transform: no canvas is painted for it.
  function placeRing() {
    const i = state.focused;
    const f = view.frame();
    const { x, y } = places.shown();
    const [px, py] = i < 0 ? [0, 0] : view.toScreen(f, x[i], y[i]);
    const inside = i >= 0 && px >= f.left && py >= f.top && px <= f.left + f.width && py <= f.top + f.height;
    ring.hidden = !inside;
    if (!inside) return;
    ring.style.transform = `translate(${px}px, ${py}px)`;
    ring.style.setProperty("--item", colorModes.levelColor(i));
    ring.classList.toggle("pinned", state.pinned === i);
  }

  function start() {
    ring = dom.byId("ring");
    grid.prepare(places.shown());
    store.on("map", () => grid.prepare(places.shown()));
    store.on("focused pinned view map frame color picked theme", placeRing);
    store.on("filter", () => {
      if (state.focused >= 0 && !filter.passes(state.focused)) store.set({ focused: -1, pinned: -1 });
    });
  }

  return { start, at, hover, pin, placeRing };
});
