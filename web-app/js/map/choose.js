// Chooses an item by another way than the pointer: it is pinned, so that a resting mouse does not take it away.
"use strict";

NM.define("choose", ["store", "data", "places", "view", "describe", "dom"], (store, data, places, view, describe, dom) => {
  const { state } = store;
  const FLIGHT_MS = 350;
  const CLOSE = 6; // how many times larger than the whole map a flight ends
  let flights = 0;

  // The view follows where it must, and the item is announced.
  function choose(item) {
    if (item < 0) return;
    store.set({ focused: item, pinned: item });
    const { x0, x1, y0, y1 } = state.view;
    const { x, y } = places.shown();
    const [w, h] = [(x1 - x0) / 2, (y1 - y0) / 2];
    if (Math.abs(x[item] - (x0 + w)) > w * 0.95 || Math.abs(y[item] - (y0 + h)) > h * 0.95) {
      store.set({ view: around(item, w, h) });
    }
    describe.announce(item);
  }

  function around(item, w, h) {
    const { x, y } = places.shown();
    return { x0: x[item] - w, x1: x[item] + w, y0: y[item] - h, y1: y[item] + h };
  }

  // The same, and the view comes close to the item, for the eye to follow.
  function fly(item) {
    if (item < 0) return;
    store.set({ focused: item, pinned: item });
    describe.announce(item);
    const from = state.view;
    const whole = view.fit(data.maps[state.map].extent);
    const share = Math.min(1, (whole.x1 - whole.x0) / CLOSE / (from.x1 - from.x0));
    const to = around(item, (share * (from.x1 - from.x0)) / 2, (share * (from.y1 - from.y0)) / 2);
    if (dom.reducedMotion()) return store.set({ view: to });
    const flight = ++flights;
    const began = performance.now();
    let last = from;
    const step = (now) => {
      if (flight !== flights || state.view !== last) return; // another flight, or the reader moves the map
      const t = Math.min(1, Math.max(0, (now - began) / FLIGHT_MS));
      const part = 1 - (1 - t) ** 3;
      last = Object.fromEntries(Object.keys(to).map((end) => [end, from[end] + (to[end] - from[end]) * part]));
      store.set({ view: last });
      if (t < 1) requestAnimationFrame(step);
    };
    return requestAnimationFrame(step);
  }

  return Object.assign(choose, { fly });
});
