// Draws the points: Plotly with its axes where it can, else our own canvas.
// Plotly's script is large, so the first map is drawn on our canvas, and Plotly takes over when it has come.
"use strict";

NM.define("drawing", ["store", "data", "places", "view", "color_modes", "selection_outline", "palette", "raster", "ticks", "dom", "unpack", "text", "words"], (store, data, places, view, colorModes, selectionOutline, palette, raster, ticks, dom, unpack, text, words) => {
  const { state } = store;
  const { byId, css } = dom;
  const { MARGIN } = view;
  const CONFIG = { staticPlot: true, displayModeBar: false, plotGlPixelRatio: Math.min(2, window.devicePixelRatio || 1) };

  // From here on our own canvas draws the points, card or not.
  const MANY = 200000;
  // Without a graphics card WebGL is there as well, but slower than our own canvas, and the page waits for it. Some browsers
  // keep the name to themselves: where a frame takes so long, twice in a row, our own canvas goes on.
  const NO_CARD = /swiftshader|llvmpipe|softpipe|software|basic render/i;
  const SLOW_MS = 80;
  // So long it may take for a frame while one pans or brushes, where the charts want a part of it; all are shown at rest.
  const DRAFT_MS = 6;
  const BRUSH_MS = 3;
  const REST_MS = 120;

  let plot, canvas;
  let paint = null;        // the groups and colors of all points
  let drawn = null;        // the same as they were drawn last, beside what is selected
  let onCanvas = true;     // our own canvas draws the points: Plotly has not come yet, or cannot
  let glide = null;        // {x, y} of points in flight between two maps
  let override = null;     // groups and colors drawn over the map while D is held
  let drawnSize = 0;
  let axes = "";           // what Plotly was asked for last, where it draws the axes alone

  const map = () => data.maps[state.map];

  function layout() {
    const axis = (low, high) => ({
      range: [low, high], showgrid: false, zeroline: false, ticks: "", nticks: 6, fixedrange: true,
      tickfont: { size: 11, color: css("--faint") }, linecolor: css("--line"), showline: true,
    });
    return {
      margin: MARGIN, hovermode: false, showlegend: false, dragmode: false, autosize: true, separators: text.separators,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { family: css("--font") },
      xaxis: axis(state.view.x0, state.view.x1), yaxis: axis(state.view.y0, state.view.y1),
    };
  }

  const colorOfGroup = (group) => (group === palette.CONTEXT ? palette.gray() : drawn.colors[group]);

  const painted = () => selectionOutline.recede(override || paint);

  // The color that an item's dot has now.
  const colorOf = (item) => colorOfGroup(paint.group[item]);

  // One trace per group; the gray ones lie beneath.
  function traces() {
    const { x, y } = map();
    const { isBeneath } = palette;
    const counts = new Map();
    for (const g of drawn.group) counts.set(g, (counts.get(g) || 0) + 1);
    const order = [...counts.keys()].sort((a, b) => isBeneath(b) - isBeneath(a) || (isBeneath(a) ? b - a : a - b));
    const places = new Map(order.map((g) => [g, { x: new Float64Array(counts.get(g)), y: new Float64Array(counts.get(g)), at: 0 }]));
    for (let i = 0; i < x.length; i++) {
      const place = places.get(drawn.group[i]);
      place.x[place.at] = x[i];
      place.y[place.at++] = y[i];
    }
    return order.map((g) => ({
      type: "scattergl", mode: "markers", hoverinfo: "skip", x: places.get(g).x, y: places.get(g).y,
      marker: { color: colorOfGroup(g), size: view.dotSize(), opacity: 0.85, line: { width: 0 } },
    }));
  }

  // The name of what draws WebGL, empty where none does.
  function nameOfWebGL() {
    const probe = document.createElement("canvas");
    const gl = window.WebGLRenderingContext && (probe.getContext("webgl") || probe.getContext("experimental-webgl"));
    if (!gl) return "";
    const told = gl.getExtension("WEBGL_debug_renderer_info");
    return String(gl.getParameter(told ? told.UNMASKED_RENDERER_WEBGL : gl.RENDERER)) || "unnamed";
  }

  function showNote(note) {
    byId("map-note").textContent = note;
    byId("map-note").hidden = false;
  }

  // One point of so many is drawn while the map moves or is brushed: the same ones until it rests.
  let step = 0;
  function draftStep() {
    step = Math.max(step, raster.stepWithin(painted().group, state.brushing ? BRUSH_MS : DRAFT_MS));
    return step;
  }

  function drawCanvas(isDraft = false) {
    // Plotly has the map itself alone: it takes longer than a frame for other places.
    const shown = onCanvas || glide || override || state.brushing || places.isPast();
    canvas.hidden = !shown;
    if (!shown) return;
    const f = view.frame();
    const what = [canvas, f, glide || places.shown(), painted(), view.dotSize(), css("--ground")];
    if (isDraft || glide || state.brushing) raster.draw(...what, draftStep(), state.brushing);
    else raster.drawAll(...what);
    Object.assign(canvas.style, { left: `${f.left}px`, top: `${f.top}px`, width: `${f.width}px`, height: `${f.height}px` });
  }

  // Points in other places, many times per second while they glide.
  const refresh = () => drawCanvas(places.isMoving());

  // Everything anew: another map, other colors, another theme, another window.
  function redraw() {
    paint = colorModes.groups();
    drawn = selectionOutline.recede(paint);
    store.set({ painted: paint });
    // Plotly takes longer than a frame for other colors: under a brush our own canvas draws them.
    if (state.brushing) return drawCanvas();
    drawnSize = view.dotSize();
    react();
    return data.points > MANY ? inTask("draw", drawCanvas) : drawCanvas();
  }

  // Once in a task of its own, however often it is asked for until then: of many points each step takes a part of a frame.
  const asked = new Set();
  function inTask(name, run) {
    if (asked.has(name)) return;
    asked.add(name);
    setTimeout(() => { asked.delete(name); run(); });
  }

  function changed() {
    if (data.points <= MANY || state.brushing) return redraw();
    delete canvas.dataset.drawn; // what it shows is of before
    inTask("redraw", redraw);
  }

  const axesNow = () => JSON.stringify([layout(), view.frame().width, view.frame().height]);

  // Of Plotly's axes alone other colors change nothing, and it would be asked for a frame's time.
  function react() {
    if (!window.Plotly) return;
    if (onCanvas && axesNow() === axes) return;
    axes = onCanvas ? axesNow() : "";
    window.Plotly.react(plot, onCanvas ? [] : traces(), layout(), CONFIG);
    ticks.settle(plot, view.frame());
  }

  // Only the range: many times per second while one pans or zooms. Where Plotly draws the axes alone, their labels go along,
  // and it is asked for others at rest: that takes it longer than a frame.
  let waiting = false;
  let restTimer = 0;
  let slow = 0;
  function moved() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame((began) => {
      waiting = false;
      if (!onCanvas) requestAnimationFrame((next) => watched(next - began));
      if (!onCanvas || !ticks.follow(plot, view.frame())) relayout();
      drawCanvas(true);
      clearTimeout(restTimer);
      restTimer = setTimeout(rested, REST_MS);
    });
  }

  function watched(took) {
    slow = took > SLOW_MS ? slow + 1 : 0;
    if (onCanvas || slow < 2) return;
    onCanvas = true;
    redraw();
  }

  function relayout() {
    if (!window.Plotly) return;
    const { x0, x1, y0, y1 } = state.view;
    if (onCanvas) axes = axesNow();
    window.Plotly.relayout(plot, { "xaxis.range": [x0, x1], "yaxis.range": [y0, y1] });
    ticks.settle(plot, view.frame());
  }

  function rested() {
    if (onCanvas) relayout();
    if (step > 1) setTimeout(drawCanvas); // a task of its own
    step = 0;
    if (onCanvas || Math.abs(view.dotSize() / drawnSize - 1) < 0.12) return;
    drawnSize = view.dotSize();
    window.Plotly.restyle(plot, { "marker.size": drawnSize });
  }

  function plotlyLoaded() {
    const name = nameOfWebGL();
    if (name === "") showNote(words.map.noWebgl);
    else onCanvas = data.points > MANY || NO_CARD.test(name);
    react();
    if (!onCanvas) drawCanvas(); // else all points are there, or on their way
    performance.mark("plotly-drawn");
  }

  // A page that is one file holds the script packed; what is appended as text runs at once and tells no "load".
  async function loadPlotly() {
    const inside = byId("plotly-source");
    if (inside) {
      const source = await unpack.unpackText(inside.dataset.encoding, inside.textContent.trim());
      document.head.append(dom.element("script", { text: source }));
      plotlyLoaded();
      return;
    }
    const script = dom.element("script", { src: "plotly.min.js" });
    script.addEventListener("load", plotlyLoaded);
    script.addEventListener("error", () => {
      showNote(words.map.noPlotly);
    });
    document.head.append(script);
  }

  function watchSize() {
    const sizeNow = () => `${plot.clientWidth}x${plot.clientHeight}`;
    let size = sizeNow();
    new ResizeObserver(() => {
      if (sizeNow() === size) return;
      size = sizeNow();
      view.resize();
      changed();
    }).observe(plot);
  }

  function start() {
    plot = byId("plot");
    canvas = byId("raster");
    // Plotly shows nothing more after its WebGL context is lost, and says nothing; the event is only seen on capture.
    plot.addEventListener("webglcontextlost", () => {
      if (onCanvas) return;
      onCanvas = true;
      showNote(words.map.lost);
      redraw();
    }, true);
    redraw();
    // After the first paint, and after the data, which else would wait for it.
    data.whole.then(() => requestAnimationFrame(() => setTimeout(loadPlotly)));
    store.on("view", moved);
    store.on("frame playing", refresh);
    store.on("map color byRank filter brushing picked tags theme", changed);
    store.on("selection", () => { if (drawn !== selectionOutline.recede(paint)) changed(); });
    watchSize();
  }

  return {
    start, colorOf, draftStep, refresh,
    painted,
    setGlide: (places) => { glide = places; drawCanvas(); },
    setOverride: (groups) => { override = groups; drawCanvas(); },
  };
});
