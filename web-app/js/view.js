// The map on the screen: Plotly draws points and axes; this file holds the range and says where things are.
// Plotly's script is large, so the first map is drawn on our own canvas, and Plotly takes over when it has come.
(function () {
  "use strict";
  const NM = window.NeuralManifold;
  const { state } = NM;

  const MARGIN = { l: 34, r: 10, t: 10, b: 26 };
  const CONFIG = { staticPlot: true, displayModeBar: false, plotGlPixelRatio: Math.min(2, window.devicePixelRatio || 1) };

  // From here on our own canvas draws the points: while one pans it shows a sample, and all of them at rest.
  // A million points in WebGL take seconds a frame where there is no graphics card.
  const MANY = 200000;
  const DRAFT = 120000;
  const REST_MS = 120;

  let plot, canvas;
  let box = { width: 0, height: 0 }; // of the plotting area, in CSS pixels
  let paint = null;                  // the groups and colours now drawn
  let raster = true;                 // our own canvas draws the points: Plotly has not come yet, or cannot
  let glide = null;                  // {x, y} of points in flight between two maps
  let override = null;               // groups and colours drawn over the map while D is held

  const map = () => NM.data.maps[state.map];
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function measure() {
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
    const base = Math.max(1.6, Math.min(6, 22 / Math.pow(NM.data.points, 0.18)) * room);
    return Math.min(13, base * Math.pow(Math.max(1, zoom()), 0.3));
  }

  function layout() {
    const axis = (low, high) => ({
      range: [low, high], showgrid: false, zeroline: false, ticks: "", nticks: 6, fixedrange: true,
      tickfont: { size: 11, color: css("--faint") }, linecolor: css("--line"), showline: true,
    });
    return {
      margin: MARGIN, hovermode: false, showlegend: false, dragmode: false, autosize: true,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { family: css("--font") },
      xaxis: axis(state.view.x0, state.view.x1), yaxis: axis(state.view.y0, state.view.y1),
    };
  }

  // The colour that an item's dot has now.
  function colorOf(item) {
    const group = paint.group[item];
    return group === NM.colors.CONTEXT ? NM.colors.grey() : paint.colors[group];
  }

  // One trace a group; the grey context lies beneath.
  function traces() {
    const { x, y } = map();
    const { CONTEXT } = NM.colors;
    const counts = new Map();
    for (const g of paint.group) counts.set(g, (counts.get(g) || 0) + 1);
    const order = [...counts.keys()].sort((a, b) => (b === CONTEXT) - (a === CONTEXT) || a - b);
    const places = new Map(order.map((g) => [g, { x: new Float64Array(counts.get(g)), y: new Float64Array(counts.get(g)), at: 0 }]));
    for (let i = 0; i < x.length; i++) {
      const place = places.get(paint.group[i]);
      place.x[place.at] = x[i];
      place.y[place.at++] = y[i];
    }
    return order.map((g) => ({
      type: "scattergl", mode: "markers", hoverinfo: "skip", x: places.get(g).x, y: places.get(g).y,
      marker: { color: g === CONTEXT ? NM.colors.grey() : paint.colors[g], size: dotSize(), opacity: 0.85, line: { width: 0 } },
    }));
  }

  const hasWebGL = () => {
    const probe = document.createElement("canvas");
    return Boolean(window.WebGLRenderingContext && (probe.getContext("webgl") || probe.getContext("experimental-webgl")));
  };

  function tell(note) {
    NM.byId("map-note").textContent = note;
    NM.byId("map-note").hidden = false;
  }

  function drawRaster(draft = false) {
    const shown = raster || glide || override;
    canvas.hidden = !shown;
    if (!shown) return;
    const step = draft ? Math.ceil(NM.data.points / DRAFT) : 1;
    NM.raster.draw(canvas, frame(), glide || map(), override || paint, dotSize(), css("--ground"), step);
    Object.assign(canvas.style, {
      left: `${MARGIN.l}px`, top: `${MARGIN.t}px`, width: `${box.width}px`, height: `${box.height}px`,
    });
  }

  let drawnSize = 0;
  // Everything anew: another map, other colours, another theme.
  function redraw() {
    paint = NM.colors.groups();
    drawnSize = dotSize();
    if (window.Plotly) window.Plotly.react(plot, raster ? [] : traces(), layout(), CONFIG);
    drawRaster();
  }

  // Only the range: many times a second while one pans or zooms.
  let waiting = false;
  function moved() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const { x0, x1, y0, y1 } = state.view;
      if (window.Plotly) window.Plotly.relayout(plot, { "xaxis.range": [x0, x1], "yaxis.range": [y0, y1] });
      drawRaster(NM.data.points > MANY);
      clearTimeout(restTimer);
      restTimer = setTimeout(rested, REST_MS);
    });
  }

  let restTimer = 0;
  function rested() {
    if (raster && NM.data.points > MANY) drawRaster();
    if (raster || Math.abs(dotSize() / drawnSize - 1) < 0.12) return;
    drawnSize = dotSize();
    window.Plotly.restyle(plot, { "marker.size": drawnSize });
  }

  function setView(view) {
    const whole = fit(map().extent);
    const span = view.x1 - view.x0;
    const full = whole.x1 - whole.x0;
    if (!(span < full * 3 && span > full / 4000)) return; // neither lost in the void nor beyond the numbers' precision
    NM.set({ view });
  }

  function zoomAt(px, py, factor) {
    const f = frame();
    const [x, y] = toMap(f, px, py);
    setView({
      x0: x - (x - f.x0) / factor, x1: x + (f.x1 - x) / factor,
      y0: y - (y - f.y0) / factor, y1: y + (f.y1 - y) / factor,
    });
  }

  function panBy(dx, dy) {
    const f = frame();
    const [x, y] = [dx / f.scaleX, dy / f.scaleY];
    setView({ x0: f.x0 - x, x1: f.x1 - x, y0: f.y0 + y, y1: f.y1 + y });
  }

  const reset = () => NM.set({ view: fit(map().extent) });

  function resized() {
    if (!state.view) return;
    const before = state.view;
    measure();
    state.view = null;
    NM.set({ view: fit(before, 1, 0) });
    redraw();
  }

  function loadPlotly() {
    const script = NM.element("script", { src: "plotly.min.js" });
    script.addEventListener("load", () => {
      if (!hasWebGL()) tell("This browser gives the page no WebGL: the map is drawn on a plain canvas.");
      else raster = NM.data.points > MANY;
      redraw();
      performance.mark("plotly-drawn");
    });
    script.addEventListener("error", () => {
      tell("plotly.min.js is not beside this page, so the map has no axes. Export again to put it there.");
    });
    document.head.append(script);
  }

  function start() {
    plot = NM.byId("plot");
    canvas = NM.byId("raster");
    measure();
    state.view = fit(map().extent);
    // Plotly shows nothing more after its WebGL context is lost, and says nothing; the event is only seen on capture.
    plot.addEventListener("webglcontextlost", () => {
      if (raster) return;
      raster = true;
      tell("The graphics card was taken away: the map goes on, on a plain canvas.");
      redraw();
    }, true);
    redraw();
    requestAnimationFrame(() => setTimeout(loadPlotly)); // after the first paint
    NM.on("view", moved);
    NM.on("map color hidden", redraw);
    let size = `${plot.clientWidth}x${plot.clientHeight}`;
    new ResizeObserver(() => {
      const now = `${plot.clientWidth}x${plot.clientHeight}`;
      if (now !== size) resized();
      size = now;
    }).observe(plot);
  }

  NM.view = {
    start, frame, toScreen, toMap, fit, zoom, zoomAt, panBy, setView, reset, redraw, dotSize, colorOf,
    setGlide: (places) => { glide = places; drawRaster(); },
    setOverride: (groups) => { override = groups; drawRaster(); },
  };
})();
