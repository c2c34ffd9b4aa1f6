// The vector of the focused item as a heat map: one cell per dimension with its number in it, of up to CELLS dimensions;
// of more, see wide_vector. The cells are one picture, below nodes for pointer and keys: a text per node would be laid out
// anew at every move of the pointer.
"use strict";

NM.define("heatmap", ["store", "latents", "palette", "text", "dom"], (store, latents, palette, text, dom) => {
  const { state } = store;
  const CELLS = 64;
  const [COLUMNS, GAP, HEIGHT, RADIUS] = [8, 2, 30, 4]; // in pixels, as the style sheet places the nodes
  const SHADES = 128;
  let cells = [];
  let made = null;      // the set of vectors that the cells are of
  let shades = [];      // {color, ink} from the low end to the high one
  let width = 0;        // of the picture, 0 as long as it is not shown
  const canvas = dom.element("canvas", { id: "heat", "aria-hidden": "true" });
  const listeners = []; // told when the cells were made anew

  // The focused item's vector, as it is shown: edited, where the reader changed it.
  const shownVector = () => state.edited || (state.focused >= 0 && latents.present ? latents.of(state.focused) : null);

  const share = (value) => 0.5 + value / (2 * latents.reach());
  const colorOf = (value) => palette.diverging(share(value));

  function mix() {
    shades = Array.from({ length: SHADES + 1 }, (_, at) => {
      const color = palette.diverging(at / SHADES);
      return { color, ink: palette.inkOn(color) };
    });
  }

  function show() {
    if (width === 0 || cells.length === 0) return;
    const vector = shownVector();
    const context = canvas.getContext("2d");
    const across = (width + GAP) / COLUMNS;
    const empty = vector ? "" : dom.css("--cell");
    context.clearRect(0, 0, width, canvas.height);
    for (let j = 0; j < cells.length; j++) {
      const [x, y] = [(j % COLUMNS) * across, Math.floor(j / COLUMNS) * (HEIGHT + GAP)];
      const shade = vector && shades[Math.round(SHADES * Math.max(0, Math.min(1, share(vector[j]))))];
      context.fillStyle = shade ? shade.color : empty;
      context.beginPath();
      context.roundRect(x, y, across - GAP, HEIGHT, RADIUS);
      context.fill();
      if (!shade) continue;
      context.fillStyle = shade.ink;
      context.fillText(text.latent(vector[j]), x + (across - GAP) / 2, y + HEIGHT / 2);
    }
  }

  // In the frame that comes: the rest of the panel does not wait for it.
  let waiting = false;
  function showSoon() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; show(); });
  }

  // A canvas forgets all that was set when its size is.
  function measure() {
    const host = dom.byId("heatmap");
    width = host.clientWidth;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    Object.assign(canvas, { width: width * ratio, height: host.clientHeight * ratio });
    Object.assign(canvas.getContext("2d"), { font: `11px ${getComputedStyle(host).fontFamily}`, textAlign: "center", textBaseline: "middle" });
    canvas.getContext("2d").scale(ratio, ratio);
    show();
  }

  function make() {
    if (made === latents.set()) return;
    made = latents.set();
    const count = latents.size <= CELLS ? latents.size : 0;
    cells = Array.from({ length: count }, (_, j) => ({ node: dom.element("div", { class: "cell", "data-dimension": j }) }));
    dom.byId("heatmap").replaceChildren(canvas, ...cells.map(({ node }) => node));
    dom.byId("heatmap").hidden = count === 0;
    for (const listener of listeners) listener();
  }

  function start() {
    mix();
    make();
    store.on("map", () => { make(); show(); });
    store.on("theme", mix);
    store.on("focused edited theme", showSoon);
    window.addEventListener("resize", measure); // of another resolution the width may be the same
    new ResizeObserver(measure).observe(dom.byId("heatmap"));
  }

  return { start, CELLS, cells: () => cells, onMade: (run) => listeners.push(run), colorOf, shownVector };
});
