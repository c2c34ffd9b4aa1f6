// A region drawn on a map: a line around it, in the map's units.
"use strict";

NM.define("region", ["grid"], (grid) => {
  // Whether a point lies inside: how often a ray from it crosses the line.
  function inside(corners, x, y) {
    let odd = false;
    for (let a = 0, b = corners.length - 1; a < corners.length; b = a++) {
      const [ax, ay] = corners[a];
      const [bx, by] = corners[b];
      if ((ay > y) !== (by > y) && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
    }
    return odd;
  }

  // Calls visit(i) for every point of a map, or of a frame, inside the line.
  function within(place, corners, visit) {
    const [xs, ys] = [0, 1].map((axis) => corners.map((corner) => corner[axis]));
    const box = { x0: Math.min(...xs), x1: Math.max(...xs), y0: Math.min(...ys), y1: Math.max(...ys) };
    const { x, y } = place;
    grid.within(grid.gridOf(place), box, (i) => { if (inside(corners, x[i], y[i])) visit(i); });
  }

  return { within };
});
