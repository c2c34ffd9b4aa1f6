// Class names where each class is densest, and lines of equal density.
(function () {
  "use strict";
  const NM = window.NeuralManifold;
  const { state } = NM;

  const SIZE = 160;
  const known = new Map(); // map and filter -> {field, names, lines}

  function blur(field) {
    const next = new Float32Array(field.length);
    for (let pass = 0; pass < 4; pass++) {
      for (const [step, other] of [[1, SIZE], [SIZE, 1]]) {
        for (let line = 0; line < SIZE; line++) {
          for (let at = 0; at < SIZE; at++) {
            let sum = 0;
            for (let d = -1; d <= 1; d++) if (at + d >= 0 && at + d < SIZE) sum += field[line * other + (at + d) * step];
            next[line * other + at * step] = sum / 3;
          }
        }
        field.set(next);
      }
    }
    return field;
  }

  function gridOver(extent) {
    const margin = 0.08;
    const [w, h] = [extent.x1 - extent.x0 || 1, extent.y1 - extent.y0 || 1];
    const x0 = extent.x0 - w * margin;
    const y0 = extent.y0 - h * margin;
    const [cx, cy] = [(w * (1 + 2 * margin)) / SIZE, (h * (1 + 2 * margin)) / SIZE];
    return { x: (column) => x0 + (column + 0.5) * cx, y: (row) => y0 + (row + 0.5) * cy, cellOf: (x, y) => Math.floor((y - y0) / cy) * SIZE + Math.floor((x - x0) / cx) };
  }

  // Marching squares: the line of one height through a field, as loose segments.
  function contour(field, height, grid) {
    const segments = [];
    for (let row = 0; row < SIZE - 1; row++) {
      for (let column = 0; column < SIZE - 1; column++) {
        const at = row * SIZE + column;
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

  function of(mapNumber) {
    const key = `${mapNumber}:${[...state.hidden].sort()}`;
    if (known.has(key)) return known.get(key);
    const { x, y, extent } = NM.data.maps[mapNumber];
    const { labels, classNames, points } = NM.data;
    const grid = gridOver(extent);
    const all = new Float32Array(SIZE * SIZE);
    const each = classNames.map(() => new Float32Array(SIZE * SIZE));
    for (let i = 0; i < points; i++) {
      if (state.hidden.has(labels[i])) continue;
      const cell = grid.cellOf(x[i], y[i]);
      all[cell]++;
      each[labels[i]][cell]++;
    }
    blur(all);
    const names = each.map((field, label) => {
      blur(field);
      let best = 0;
      for (let cell = 1; cell < field.length; cell++) if (field[cell] > field[best]) best = cell;
      return { label, weight: field[best], x: grid.x(best % SIZE), y: grid.y(Math.floor(best / SIZE)) };
    }).filter((name) => name.weight > 0).sort((a, b) => b.weight - a.weight);
    const top = all.reduce((most, value) => Math.max(most, value), 0);
    const lines = [0.04, 0.12, 0.25, 0.45, 0.7].map((share) => contour(all, share * top, grid));
    known.set(key, { names, lines });
    return known.get(key);
  }

  function paintLines(context, f) {
    if (!state.layers.density) return false;
    context.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--ink");
    context.lineWidth = 1;
    context.globalAlpha = 0.45;
    context.beginPath();
    for (const segments of of(state.map).lines) {
      for (const [a, b] of segments) {
        context.moveTo(...NM.view.toScreen(f, ...a));
        context.lineTo(...NM.view.toScreen(f, ...b));
      }
    }
    context.stroke();
    context.globalAlpha = 1;
    return true;
  }

  // A name that would cover another is left out; the larger class goes first.
  function paintNames(context, f) {
    if (!state.layers.names || NM.data.classNames.length > 60) return false;
    const style = getComputedStyle(document.documentElement);
    context.font = `600 13px ${style.getPropertyValue("--font")}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 4;
    context.strokeStyle = style.getPropertyValue("--ground");
    context.fillStyle = style.getPropertyValue("--ink");
    const taken = [];
    for (const { label, x, y } of of(state.map).names) {
      const [ax, ay] = NM.view.toScreen(f, x, y);
      const [right, bottom] = [f.left + f.width, f.top + f.height];
      if (ax < f.left || ax > right || ay < f.top || ay > bottom) continue;
      const text = NM.data.classNames[label];
      const width = context.measureText(text).width;
      const px = Math.max(f.left + width / 2 + 4, Math.min(right - width / 2 - 4, ax));
      const py = Math.max(f.top + 10, Math.min(bottom - 10, ay));
      const box = { x0: px - width / 2 - 4, x1: px + width / 2 + 4, y0: py - 10, y1: py + 10 };
      if (taken.some((other) => box.x0 < other.x1 && box.x1 > other.x0 && box.y0 < other.y1 && box.y1 > other.y0)) continue;
      taken.push(box);
      context.strokeText(text, px, py);
      context.fillText(text, px, py);
    }
    return taken.length > 0;
  }

  function start() {
    NM.overlay.add(5, paintLines);
    NM.overlay.add(20, paintNames);
  }

  NM.density = { start };
})();
