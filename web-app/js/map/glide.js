// Dots travel from one map to the next, so that the eye can follow them.
"use strict";

NM.define("glide", ["store", "data", "places", "view", "drawing", "overlay", "dom"], (store, data, places, view, drawing, overlay, dom) => {
  const GLIDE_MS = 650;
  const MAX_POINTS = 100000; // more take longer than a frame
  let running = 0;

  const ease = (t) => (t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2);

  // Both maps are moved and sized to the same window, so that dots travel and the picture as a whole stays.
  function glide(from, to, fromView, toView) {
    const points = from.x.length;
    const places = { x: new Float64Array(points), y: new Float64Array(points) };
    const scaleX = (toView.x1 - toView.x0) / (fromView.x1 - fromView.x0);
    const scaleY = (toView.y1 - toView.y0) / (fromView.y1 - fromView.y0);
    const token = ++running;
    const began = performance.now();
    const step = (now) => {
      if (token !== running) return;
      const t = Math.min(1, (now - began) / GLIDE_MS);
      if (t >= 1) {
        drawing.setGlide(null);
        overlay.request();
        return;
      }
      const k = ease(Math.max(0, t));
      for (let i = 0; i < points; i++) {
        const x = toView.x0 + (from.x[i] - fromView.x0) * scaleX;
        const y = toView.y0 + (from.y[i] - fromView.y0) * scaleY;
        places.x[i] = x + (to.x[i] - x) * k;
        places.y[i] = y + (to.y[i] - y) * k;
      }
      drawing.setGlide(places);
      requestAnimationFrame(step);
    };
    step(began);
  }

  // Shows another map, whole.
  function toMap(number) {
    const { map, view: fromView } = store.state;
    if (number === map) return;
    const toView = view.fit(data.maps[number].extent);
    if (!dom.reducedMotion() && data.points <= MAX_POINTS) glide(places.shown(), data.maps[number], fromView, toView);
    store.set({ map: number, view: toView });
  }

  return { toMap };
});
