// Which part of the map the window shows: from the map's units to pixels and back, zoom and pan.
"use strict";

NM.define("view", ["store", "data", "places", "dom"], (store, data, places, dom) => {
  const { state } = store;
  const MARGIN = { l: 34, r: 10, t: 10, b: 26 };

  let box = { width: 0, height: 0 }; // of the plotting area, in CSS pixels

  const map = () => data.maps[state.map];

  function measure() {
    const plot = dom.byId("plot");
    box = {
      width: Math.max(50, plot.clientWidth - MARGIN.l - MARGIN.r),
      height: Math.max(50, plot.clientHeight - MARGIN.t - MARGIN.b),
    };
  }

  // One unit is as long upwards as sideways: distances on a map must not depend on the window.
  // `aside` pixels on the right are left to the tools that lie there.
  function fit(extent, room = 1.06, aside = 44) {
    const unit = Math.max((extent.x1 - extent.x0) / (box.width - aside), (extent.y1 - extent.y0) / box.height, 1e-9) * room;
    const [cx, cy] = [(extent.x0 + extent.x1 + unit * aside) / 2, (extent.y0 + extent.y1) / 2];
    return {
      x0: cx - (unit * box.width) / 2, x1: cx + (unit * box.width) / 2,
      y0: cy - (unit * box.height) / 2, y1: cy + (unit * box.height) / 2,
    };
  }

  function frame() {
    const { x0, x1, y0, y1 } = state.view;
    return {
      ...state.view, ...box, left: MARGIN.l, top: MARGIN.t, ratio: Math.min(2, window.devicePixelRatio || 1),
      scaleX: box.width / (x1 - x0), scaleY: box.height / (y1 - y0),
    };
  }

  const toScreen = (f, x, y) => [f.left + (x - f.x0) * f.scaleX, f.top + (f.y1 - y) * f.scaleY];
  const toMap = (f, px, py) => [f.x0 + (px - f.left) / f.scaleX, f.y1 - (py - f.top) / f.scaleY];

  const zoom = () => {
    const whole = fit(map().extent);
    return (whole.x1 - whole.x0) / (state.view.x1 - state.view.x0);
  };

  // Dots grow a little as one comes closer, and are small where there are many or the window is small.
  function dotSize() {
    const room = Math.max(0.6, Math.min(1.3, Math.sqrt(box.width * box.height) / 750));
    const base = Math.max(1.6, Math.min(6, 22 / Math.pow(data.points, 0.18)) * room);
    return Math.min(13, base * Math.pow(Math.max(1, zoom()), 0.3));
  }

  // Neither lost in the void nor beyond the numbers' precision.
  function isSensible(view, mapNumber = state.map) {
    const whole = fit(data.maps[mapNumber].extent);
    const share = (view.x1 - view.x0) / (whole.x1 - whole.x0);
    return share < 3 && share > 1 / 4000;
  }

  function setView(view) {
    if (isSensible(view)) store.set({ view });
  }

  function zoomAt(px, py, factor) {
    const f = frame();
    const [x, y] = toMap(f, px, py);
    setView({
      x0: x - (x - f.x0) / factor, x1: x + (f.x1 - x) / factor,
      y0: y - (y - f.y0) / factor, y1: y + (f.y1 - y) / factor,
    });
  }

  function zoomIn(factor) {
    const f = frame();
    zoomAt(f.left + f.width / 2, f.top + f.height / 2, factor);
  }

  function panBy(dx, dy) {
    const f = frame();
    const [x, y] = [dx / f.scaleX, dy / f.scaleY];
    setView({ x0: f.x0 - x, x1: f.x1 - x, y0: f.y0 + y, y1: f.y1 + y });
  }

  const reset = () => store.set({ view: fit(map().extent) });

  // In another window, what was in view still is: the whole map, if that was. On a phone the sheet takes a part of the height:
  // the map keeps its scale there, and moves so that the focused item stays in view.
  function resize() {
    const before = frame();
    const wasWhole = Math.abs(zoom() - 1) < 0.01;
    measure();
    const sheetMoved = dom.isPhone() && box.width === before.width;
    store.set({ view: sheetMoved ? aroundFocus(before) : wasWhole ? fit(map().extent) : fit(state.view, 1, 0) });
  }

  function aroundFocus({ x0, x1, y0, y1, scaleY }) {
    const half = box.height / scaleY / 2;
    const room = 60 / scaleY; // pixels beyond the outermost point
    const { extent, y } = places.shown();
    const [lowest, highest] = [extent.y0 - room + half, extent.y1 + room - half];
    const wanted = state.focused >= 0 ? y[state.focused] : (y0 + y1) / 2;
    const middle = lowest > highest ? (lowest + highest) / 2 : Math.max(lowest, Math.min(highest, wanted));
    return { x0, x1, y0: middle - half, y1: middle + half };
  }

  function start() {
    measure();
    reset();
  }

  return { MARGIN, start, measure, frame, toScreen, toMap, fit, dotSize, isSensible, zoomAt, zoomIn, panBy, reset, resize };
});
