// Chooses an item by another way than the pointer: it is pinned, so that a resting mouse does not take it away.
"use strict";

NM.define("choose", ["store", "data", "describe"], (store, data, describe) => {
  const { state } = store;

  // The view follows where it must, and the item is announced.
  return function choose(item) {
    if (item < 0) return;
    store.set({ focused: item, pinned: item });
    const { x0, x1, y0, y1 } = state.view;
    const { x, y } = data.maps[state.map];
    const [w, h] = [(x1 - x0) / 2, (y1 - y0) / 2];
    if (Math.abs(x[item] - (x0 + w)) > w * 0.95 || Math.abs(y[item] - (y0 + h)) > h * 0.95) {
      store.set({ view: { x0: x[item] - w, x1: x[item] + w, y0: y[item] - h, y1: y[item] + h } });
    }
    describe.announce(item);
  };
});
