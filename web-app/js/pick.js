// Which item the pointer means, the ring around it, and pinning.
(function () {
  "use strict";
  const NM = window.NeuralManifold;
  const { state } = NM;

  const RADIUS = 14;
  let ring;

  const seen = (i) => !state.hidden.has(NM.data.labels[i]);

  function at(px, py, radius = RADIUS) {
    const f = NM.view.frame();
    const inside = px >= f.left && py >= f.top && px <= f.left + f.width && py <= f.top + f.height;
    if (!inside) return -1;
    const [x, y] = NM.view.toMap(f, px, py);
    return NM.grid.nearest(NM.grid.gridOf(state.map), x, y, f.scaleX, f.scaleY, radius, state.hidden.size ? seen : () => true);
  }

  // A pinned item keeps the panel until it is freed.
  function hover(px, py) {
    if (state.pinned < 0) NM.set({ picked: at(px, py) });
  }

  const pin = (i) => NM.set({ picked: i, pinned: i });
  const free = () => NM.set({ pinned: -1 });

  // An element of its own, moved by transform: no canvas is painted for it.
  function placeRing() {
    const i = state.picked;
    const f = NM.view.frame();
    const { x, y } = NM.data.maps[state.map];
    const [px, py] = i < 0 ? [0, 0] : NM.view.toScreen(f, x[i], y[i]);
    const inside = i >= 0 && px >= f.left && py >= f.top && px <= f.left + f.width && py <= f.top + f.height;
    ring.hidden = !inside;
    if (!inside) return;
    ring.style.transform = `translate(${px}px, ${py}px)`;
    ring.style.setProperty("--item", NM.colors.classColor(NM.data.labels[i]));
    ring.classList.toggle("pinned", state.pinned === i);
  }

  function start() {
    ring = NM.byId("ring");
    NM.on("picked pinned view map hidden", placeRing);
    NM.on("hidden", () => {
      if (state.picked >= 0 && !seen(state.picked)) NM.set({ picked: -1, pinned: -1 });
    });
  }

  NM.pick = { start, at, hover, pin, free, seen, placeRing };
})();
