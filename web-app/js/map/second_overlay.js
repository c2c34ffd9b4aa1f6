// What lies over the second map's dots: the selection, what a search found, a line that is being drawn, and the ring.
"use strict";

NM.define("second_overlay", ["store", "view", "color_modes", "selection_outline", "dom"], (store, view, colorModes, selectionOutline, dom) => {
  const { state } = store;
  const { byId } = dom;
  const MAX_DRAWN = 5000; // beyond that outlines are one blot, and slow

  function circles(context, f, { x, y }, items, radius) {
    context.beginPath();
    for (let at = 0; at < items.length; at += Math.ceil(items.length / MAX_DRAWN)) {
      const [px, py] = view.toScreen(f, x[items[at]], y[items[at]]);
      context.moveTo(px + radius, py);
      context.arc(px, py, radius, 0, 2 * Math.PI);
    }
    context.stroke();
  }

  function drawn(context, line) {
    context.beginPath();
    line.forEach(([x, y], at) => (at ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
    context.fillStyle = context.strokeStyle;
    context.globalAlpha = 0.12;
    context.fill();
    context.globalAlpha = 1;
    context.stroke();
  }

  function ring(f, { x, y }) {
    const node = byId("second-ring");
    const item = state.focused;
    const [px, py] = item < 0 ? [-1, -1] : view.toScreen(f, x[item], y[item]);
    node.hidden = px < 0 || py < 0 || px > f.width || py > f.height;
    if (node.hidden) return;
    node.style.transform = `translate(${px}px, ${py}px)`;
    node.style.setProperty("--item", colorModes.levelColor(item));
    node.classList.toggle("pinned", state.pinned === item);
  }

  // f: what second_map.frame() gives; line: corners in pixels, or null.
  function paint(f, map, line) {
    const canvas = byId("second-overlay");
    const [width, height] = [Math.round(f.width * f.ratio), Math.round(f.height * f.ratio)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    context.setTransform(f.ratio, 0, 0, f.ratio, 0, 0);
    context.clearRect(0, 0, f.width, f.height);
    const size = view.dotSize() / 2;
    selectionOutline.paint(context, f, map);
    context.lineWidth = 1.75;
    context.strokeStyle = dom.css("--accent");
    if (state.found?.length) circles(context, f, map, state.found, size + 3.5);
    if (line) drawn(context, line);
    ring(f, map);
  }

  return { paint };
});
