// The name of each level of the legend where that level is densest.
"use strict";

NM.define("class_names", ["store", "places", "density", "color_modes", "view", "overlay", "dom"], ({ state }, places, density, colorModes, view, overlay, dom) => {
  const known = new WeakMap(); // a density -> its names
  let drawn = []; // {code, name, px, py, x0, x1, y0, y1}: what was painted last, in pixels

  function placeName({ code, field }, grid) {
    let best = 0;
    for (let cell = 1; cell < field.length; cell++) if (field[cell] > field[best]) best = cell;
    return { code, weight: field[best], x: grid.x(best % density.SIZE), y: grid.y(Math.floor(best / density.SIZE)) };
  }

  // None while many points are counted for the first time.
  function namesOf(mapNumber) {
    const found = density.of(mapNumber, overlay.request);
    if (!found) return [];
    if (!known.has(found)) {
      const names = found.each.map((own) => placeName(own, found.grid));
      known.set(found, names.filter((name) => name.weight > 0).sort((a, b) => b.weight - a.weight));
    }
    return known.get(found);
  }

  const clip = (name) => (name.length > 32 ? `${name.slice(0, 31)}…` : name);

  // A name that would cover another is left out; the larger level goes first.
  function paint(context, f) {
    const levels = colorModes.levels();
    drawn = [];
    if (!state.layers.names || places.isMoving() || levels.codes.length === 0) return false;
    context.font = `600 13px ${dom.css("--font")}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 4;
    context.strokeStyle = dom.css("--ground");
    context.fillStyle = dom.css("--ink");
    for (const { code, x, y } of namesOf(state.map)) {
      const [ax, ay] = view.toScreen(f, x, y);
      const [right, bottom] = [f.left + f.width, f.top + f.height];
      if (ax < f.left || ax > right || ay < f.top || ay > bottom) continue;
      const name = clip(levels.nameOfCode(code));
      const width = context.measureText(name).width;
      const px = Math.max(f.left + width / 2 + 4, Math.min(right - width / 2 - 4, ax));
      const py = Math.max(f.top + 10, Math.min(bottom - 10, ay));
      const box = { code, name, px, py, x0: px - width / 2 - 4, x1: px + width / 2 + 4, y0: py - 10, y1: py + 10 };
      if (drawn.some((other) => box.x0 < other.x1 && box.x1 > other.x0 && box.y0 < other.y1 && box.y1 > other.y0)) continue;
      drawn.push(box);
      context.strokeText(name, px, py);
      context.fillText(name, px, py);
    }
    return drawn.length > 0;
  }

  // The level whose name lies at a place in the map's window, or -1.
  function at(px, py) {
    return drawn.find(({ x0, x1, y0, y1 }) => px >= x0 && px <= x1 && py >= y0 && py <= y1)?.code ?? -1;
  }

  return { at, shown: () => drawn, start: () => overlay.add("class_names", paint) };
});
