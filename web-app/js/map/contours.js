// Lines of equal density, by marching squares.
"use strict";

NM.define("contours", ["store", "places", "density", "view", "overlay", "dom"], ({ state }, places, density, view, overlay, dom) => {
  const SHARES = [0.04, 0.12, 0.25, 0.45, 0.7]; // of the greatest density
  const known = new WeakMap(); // a density -> its lines

  // The line of one height through a field, as loose segments.
  function contour(field, height, grid) {
    const { SIZE } = density;
    const segments = [];
    for (let row = 0; row < SIZE - 1; row++) {
      for (let column = 0; column < SIZE - 1; column++) {
        const at = row * SIZE + column;
        // Most squares lie on one side.
        const above = field[at] > height;
        if (field[at + 1] > height === above && field[at + SIZE] > height === above && field[at + SIZE + 1] > height === above) continue;
        const corners = [[0, 0, field[at]], [1, 0, field[at + 1]], [1, 1, field[at + SIZE + 1]], [0, 1, field[at + SIZE]]];
        const crossings = [];
        for (let edge = 0; edge < 4; edge++) {
          const [ax, ay, a] = corners[edge];
          const [bx, by, b] = corners[(edge + 1) % 4];
          if (a > height === b > height) continue;
          const t = (height - a) / (b - a);
          crossings.push([grid.x(column + ax + (bx - ax) * t), grid.y(row + ay + (by - ay) * t)]);
        }
        for (let pair = 0; pair + 1 < crossings.length; pair += 2) segments.push([crossings[pair], crossings[pair + 1]]);
      }
    }
    return segments;
  }

  // None while many points are counted for the first time.
  function contoursOf(mapNumber) {
    const found = density.of(mapNumber, overlay.request);
    if (!found) return [];
    if (!known.has(found)) {
      const top = found.all.reduce((most, value) => Math.max(most, value), 0);
      known.set(found, SHARES.map((share) => contour(found.all, share * top, found.grid)));
    }
    return known.get(found);
  }

  function paint(context, f) {
    if (!state.layers.density || places.isMoving()) return false;
    context.strokeStyle = dom.css("--ink");
    context.lineWidth = 1;
    context.globalAlpha = 0.45;
    context.beginPath();
    for (const segments of contoursOf(state.map)) {
      for (const [a, b] of segments) {
        context.moveTo(...view.toScreen(f, ...a));
        context.lineTo(...view.toScreen(f, ...b));
      }
    }
    context.stroke();
    context.globalAlpha = 1;
    return true;
  }

  return { start: () => overlay.add("contours", paint) };
});
