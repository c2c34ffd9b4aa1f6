// A uniform grid over the map: the nearest point in about two microseconds, at any zoom.
"use strict";

NM.define("grid", ["slices"], (slices) => {
  const PART = 65536; // points between two looks at the clock

  // Points sorted by cell: cell c holds order[start[c]] .. order[start[c + 1] - 1].
  // Made in parts, between which the page answers.
  function* building({ x, y, extent }) {
    const points = x.length;
    const size = Math.max(1, Math.min(1024, Math.ceil(Math.sqrt(points / 2))));
    const cellX = (extent.x1 - extent.x0) / size || 1;
    const cellY = (extent.y1 - extent.y0) / size || 1;
    const cellOf = new Uint32Array(points);
    const start = new Uint32Array(size * size + 1);
    for (let i = 0; i < points; i++) {
      const column = Math.min(size - 1, Math.floor((x[i] - extent.x0) / cellX));
      const row = Math.min(size - 1, Math.floor((y[i] - extent.y0) / cellY));
      cellOf[i] = row * size + column;
      start[cellOf[i] + 1]++;
      if (i % PART === PART - 1) yield;
    }
    for (let c = 0; c < size * size; c++) start[c + 1] += start[c];
    const next = start.slice();
    const order = new Uint32Array(points);
    for (let i = 0; i < points; i++) {
      order[next[cellOf[i]]++] = i;
      if (i % PART === PART - 1) yield;
    }
    return { x, y, extent, size, cellX, cellY, start, order };
  }

  const column = (grid, x) => Math.floor((x - grid.extent.x0) / grid.cellX);
  const row = (grid, y) => Math.floor((y - grid.extent.y0) / grid.cellY);

  // The point nearest on the screen, at most `radius` pixels away; scaleX and scaleY are pixels per unit.
  // Squares of cells are searched from the inside out, until the next cannot hold a nearer one.
  function nearest(grid, x, y, scaleX, scaleY, radius, accept) {
    const { start, order, size } = grid;
    const cellPixels = Math.min(grid.cellX * scaleX, grid.cellY * scaleY);
    const centerColumn = column(grid, x);
    const centerRow = row(grid, y);
    const reach = Math.ceil(radius / cellPixels) + 1;
    let best = -1;
    let bestDistance = radius * radius;

    const visit = (c, r) => {
      if (c < 0 || r < 0 || c >= size || r >= size) return;
      const cell = r * size + c;
      for (let at = start[cell]; at < start[cell + 1]; at++) {
        const i = order[at];
        const dx = (grid.x[i] - x) * scaleX;
        const dy = (grid.y[i] - y) * scaleY;
        const distance = dx * dx + dy * dy;
        if ((distance < bestDistance || (distance === bestDistance && (best < 0 || i < best))) && accept(i)) {
          best = i;
          bestDistance = distance;
        }
      }
    };

    for (let ring = 0; ring <= reach; ring++) {
      if (ring > 1 && ((ring - 1) * cellPixels) ** 2 > bestDistance) break;
      for (let c = centerColumn - ring; c <= centerColumn + ring; c++) {
        visit(c, centerRow - ring);
        if (ring > 0) visit(c, centerRow + ring);
      }
      for (let r = centerRow - ring + 1; r < centerRow + ring; r++) {
        visit(centerColumn - ring, r);
        visit(centerColumn + ring, r);
      }
    }
    return best;
  }

  // Calls visit(i) for every point inside the rectangle; visit may return false to stop.
  function within(grid, box, visit) {
    const { start, order, size } = grid;
    const clamp = (value) => Math.max(0, Math.min(size - 1, value));
    const [c0, c1] = [clamp(column(grid, box.x0)), clamp(column(grid, box.x1))];
    const [r0, r1] = [clamp(row(grid, box.y0)), clamp(row(grid, box.y1))];
    for (let r = r0; r <= r1; r++) {
      for (let at = start[r * size + c0]; at < start[r * size + c1 + 1]; at++) {
        const i = order[at];
        const inside = grid.x[i] >= box.x0 && grid.x[i] <= box.x1 && grid.y[i] >= box.y0 && grid.y[i] <= box.y1;
        if (inside && visit(i) === false) return;
      }
    }
  }

  const grids = new WeakMap(); // place -> {work: what is left to do, grid: once it is made}

  function* making(own, place) {
    own.grid = yield* building(place);
  }

  function ownOf(place) {
    if (!grids.has(place)) {
      const own = { grid: null };
      own.work = making(own, place);
      grids.set(place, own);
    }
    return grids.get(place);
  }

  // Made at the latest at first need, then kept: one for each place, {x, y, extent}, such as a map.
  function gridOf(place) {
    const own = ownOf(place);
    slices.whole(own.work);
    return own.grid;
  }

  // Makes it before it is needed, in slices that nothing has to wait for.
  const prepare = (place) => setTimeout(() => slices.run(ownOf(place).work));

  return { gridOf, prepare, nearest, within };
});
