// What is selected stands out, whatever it is colored by: of few each dot by an outline, which of many would hide the colors
// that one selects to see. There the others recede instead, pale and beneath.
"use strict";

NM.define("selection_outline", ["store", "places", "view", "overlay", "bits", "palette", "dom"], (store, places, view, overlay, bits, palette, dom) => {
  const { state } = store;
  const FEW = 20;
  const VEIL = 0.78; // the part of the ground in the color of what recedes

  const areFew = () => state.selection !== null && state.selection.length <= FEW;

  function veiled({ group: all, colors }) {
    const chosen = bits.of(state.selection);
    const group = all.slice();
    for (let i = 0; i < group.length; i++) {
      if (group[i] !== palette.CONTEXT && !bits.has(chosen, i)) group[i] += palette.RECEDED;
    }
    const pale = colors.map((color) => palette.mix([color, dom.css("--ground")], VEIL));
    const both = colors.slice();
    pale.forEach((color, own) => { both[own + palette.RECEDED] = color; });
    return { group, colors: both };
  }

  // {group, colors} as they are drawn beside what is selected; kept, for the map asks for them in every frame.
  let latest = { paint: null, selection: null, shown: null };
  function recede(paint) {
    const { selection } = state;
    if (selection === null || areFew()) return paint;
    if (latest.paint !== paint || latest.selection !== selection) latest = { paint, selection, shown: veiled(paint) };
    return latest.shown;
  }

  function circles(context, f, { x, y }, radius) {
    context.beginPath();
    for (const item of state.selection) {
      const [px, py] = view.toScreen(f, x[item], y[item]);
      context.moveTo(px + radius, py);
      context.arc(px, py, radius, 0, 2 * Math.PI);
    }
  }

  // Around dots that lie over one another goes one line.
  function outline(context, f, place) {
    const radius = view.dotSize() / 2;
    context.save();
    context.strokeStyle = dom.css("--ink");
    context.lineWidth = 2;
    context.globalAlpha = 0.8;
    circles(context, f, place, radius + 1);
    context.stroke();
    context.globalAlpha = 1;
    context.globalCompositeOperation = "destination-out";
    circles(context, f, place, radius);
    context.fill();
    context.restore();
  }

  // Over a map in its frame, where so few are selected; place: {x, y} of its points.
  function paint(context, f, place) {
    if (!areFew()) return false;
    outline(context, f, place);
    return true;
  }

  function start() {
    overlay.add("selection", (context, f) => paint(context, f, places.shown()));
    store.on("selection", overlay.request);
  }

  return { start, recede, paint };
});
