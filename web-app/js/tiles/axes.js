// The map's two axes: a line at the left and below, and round numbers beside them.
"use strict";

NM.define("axes", ["view", "text", "dom"], (view, text, dom) => {
  const TICKS = 6;

  // The largest step of 1, 2 or 5 that gives no more ticks than are wanted.
  function ticksOf(low, high) {
    const rough = (high - low) / TICKS;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
    const digits = Math.max(0, -Math.floor(Math.log10(step)));
    const ticks = [];
    for (let at = Math.ceil(low / step); at * step <= high; at++) ticks.push({ value: at * step, label: text.fixed(at * step, digits) });
    return ticks;
  }

  function draw(canvas, frame) {
    const { left, top, width, height, ratio } = frame;
    const { MARGIN } = view;
    const [full, tall] = [left + width + MARGIN.r, top + height + MARGIN.b];
    const size = { width: Math.round(full * ratio), height: Math.round(tall * ratio) };
    if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
    Object.assign(canvas.style, { width: `${full}px`, height: `${tall}px` });
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, full, tall);
    context.strokeStyle = dom.css("--line");
    context.beginPath();
    context.moveTo(left - 0.5, top);
    context.lineTo(left - 0.5, top + height + 0.5);
    context.lineTo(left + width, top + height + 0.5);
    context.stroke();
    context.fillStyle = dom.css("--faint");
    context.font = `11px ${dom.css("--font")}`;
    context.textAlign = "center";
    context.textBaseline = "top";
    for (const { value, label } of ticksOf(frame.x0, frame.x1)) context.fillText(label, left + (value - frame.x0) * frame.scaleX, top + height + 8);
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const { value, label } of ticksOf(frame.y0, frame.y1)) context.fillText(label, left - 6, top + (frame.y1 - value) * frame.scaleY, left - 8);
  }

  return { draw };
});
