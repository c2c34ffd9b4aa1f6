// Draws points on a 2-D canvas: before Plotly has come, without WebGL, while the map glides, and while D is held.
"use strict";

NM.define("raster", ["palette", "shade"], (palette, shade) => {
  const OPACITY = 0.85;
  const IN_MEMORY = { willReadFrequently: true }; // whole pictures are put there: a canvas on the card would wait for each
  const PART = 8192;    // points between two looks at the clock
  const TASK_MS = 20;   // what takes longer is drawn in tasks as long, with others in between
  let pointMs = 5e-5;   // how long a point takes in one of the passes over all, as measured

  // How much of each pixel a disc covers, sampled four by four.
  function disc(radius) {
    const reach = Math.ceil(radius);
    const cover = [];
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        let hits = 0;
        for (let s = 0; s < 16; s++) {
          const sx = dx + ((s & 3) - 1.5) / 4;
          const sy = dy + ((s >> 2) - 1.5) / 4;
          if (sx * sx + sy * sy <= radius * radius) hits++;
        }
        if (hits > 0) cover.push([dx, dy, hits / 16]);
      }
    }
    return cover;
  }

  // A color as the stamp lays it on: of each of its pixels the part of 256 that stays, then what is added to red with blue,
  // and to green.
  function inks(color, stamp) {
    const [red, green, blue] = palette.parse(color);
    return Int32Array.from(stamp.flatMap(([, , cover]) => {
      const part = Math.round(cover * OPACITY * 256);
      return [256 - part, Math.imul((blue << 16) | red, part), Math.imul(green, part)];
    }));
  }

  // Of each color once for a stamp: many are asked for in every frame, and the dots stay as large while one pans.
  let inked = { key: "", of: new Map() };
  function inkFor(color, stamp) {
    const key = stamp.join(";");
    if (inked.key !== key) inked = { key, of: new Map() };
    if (!inked.of.has(color)) inked.of.set(color, inks(color, stamp));
    return inked.of.get(color);
  }

  // The order in which a group is drawn: 0 for the context, 1 for what recedes, 2 for the other gray ones, 3 for the rest.
  const rankOf = (group) => (group === palette.CONTEXT ? 0 : group >= palette.RECEDED ? 1 : palette.isBeneath(group) ? 2 : 3);
  const RANKS = Uint8Array.from({ length: 256 }, (_, group) => rankOf(group));

  function painter(pixels, width, height, frame, place, stamp, reach, step) {
    const scaleX = frame.scaleX * frame.ratio;
    const scaleY = frame.scaleY * frame.ratio;
    const { x, y } = place;
    const offsets = Int32Array.from(stamp, ([dx, dy]) => dy * width + dx);
    const [right, bottom] = [width - reach, height - reach];

    // Two channels at once in whole numbers: a brush draws every point in every frame.
    function some(from, to, group, inkOf, isDrawn) {
      for (let i = from; i < to; i += step) {
        if (isDrawn[group[i]] === 0) continue;
        const px = ((x[i] - frame.x0) * scaleX + 0.5) | 0;
        const py = ((frame.y1 - y[i]) * scaleY + 0.5) | 0;
        if (px < reach || py < reach || px >= right || py >= bottom) continue;
        const ink = inkOf[group[i]];
        const center = py * width + px;
        for (let s = 0, k = 0; s < offsets.length; s++, k += 3) {
          const at = center + offsets[s];
          const before = pixels[at];
          const redBlue = (Math.imul(before & 0xff00ff, ink[k]) + ink[k + 1]) >>> 8;
          const green = (Math.imul((before >>> 8) & 0xff, ink[k]) + ink[k + 2]) & 0xff00;
          pixels[at] = 0xff000000 | (redBlue & 0xff00ff) | green;
        }
      }
    }

    // In parts, between which the one who draws may do something else.
    return function* dots(group, inkOf, isDrawn) {
      for (let from = 0; from < x.length; from += PART * step) {
        some(from, Math.min(x.length, from + PART * step), group, inkOf, isDrawn);
        yield;
      }
    };
  }

  const EVERY = new Uint8Array(256).fill(1);
  const ofRank = [0, 1, 2, 3].map((rank) => RANKS.map((own) => (own === rank ? 1 : 0)));
  // Those that any point has, each a pass over all; kept while the groups are the same.
  const ranks = new WeakMap();
  function ranksOf(group) {
    if (!ranks.has(group)) {
      let seen = 0;
      for (let i = 0; i < group.length; i++) seen |= 1 << RANKS[group[i]];
      ranks.set(group, [...ofRank.keys()].filter((rank) => (seen >> rank) & 1));
    }
    return ranks.get(group);
  }
  const passesOver = (group) => ranksOf(group).length;
  // canvas -> {image: kept from frame to frame, under: all points in gray, kept under a brush, job: what is being drawn, step: one point of so many}
  const kept = new WeakMap();

  function ownOf(canvas, frame) {
    const width = Math.round(frame.width * frame.ratio);
    const height = Math.round(frame.height * frame.ratio);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    let own = kept.get(canvas);
    if (own?.image.width !== width || own.image.height !== height) {
      if (own) own.job = null; // of another size: what is left of it is not drawn any more
      own = { image: canvas.getContext("2d", IN_MEMORY).createImageData(width, height), under: { key: "" }, job: null };
      kept.set(canvas, own);
    }
    return own;
  }

  function* drawing(own, frame, place, paint, size, ground, step, isBrushed) {
    const { image, under } = own;
    const { width, height } = image;
    const pixels = new Uint32Array(image.data.buffer);
    const back = palette.parse(ground);
    const stamp = disc((size * frame.ratio) / 2);
    if (place.x.length > shade.MANY) {
      yield* shade.drawing(own, frame, place, paint, stamp, ground, step);
      return;
    }
    const reach = Math.ceil((size * frame.ratio) / 2);
    const dots = painter(pixels, width, height, frame, place, stamp, reach, step);
    const gray = new Array(256).fill(inkFor(palette.gray(), stamp));
    const clear = () => pixels.fill(((255 << 24) | (back[2] << 16) | (back[1] << 8) | back[0]) >>> 0);

    if (isBrushed) {
      const { x0, x1, y0, y1 } = frame;
      const key = JSON.stringify([x0, x1, y0, y1, width, height, size, ground, step]);
      if (under.key !== key || under.place !== place) {
        clear();
        yield* dots(paint.group, gray, EVERY);
        own.under = { key, place, pixels: pixels.slice() };
      } else pixels.set(under.pixels);
    } else {
      clear();
    }
    const ink = paint.colors.map((color) => inkFor(color, stamp));
    for (const rank of ranksOf(paint.group)) {
      if (rank > 0) yield* dots(paint.group, ink, ofRank[rank]);
      else if (!isBrushed) yield* dots(paint.group, gray, ofRank[rank]);
    }
  }

  // Goes on with what is drawn on a canvas up to a time, and shows it when it is whole; the canvas says whether these are all
  // of the points.
  function work(canvas, own, job, until) {
    let isDone = job.next().done;
    while (!isDone && performance.now() < until) isDone = job.next().done;
    if (isDone) {
      own.job = null;
      canvas.getContext("2d", IN_MEMORY).putImageData(own.image, 0, 0);
      canvas.dataset.drawn = own.step === 1 ? "all" : "draft";
    } else setTimeout(() => { if (own.job === job) work(canvas, own, job, performance.now() + TASK_MS); });
  }

  // place: {x, y} of points in the map's units; paint: {group, colors}; frame: what view.frame() gives;
  // step: draws one point of so many, for a draft; isBrushed: the same points will be drawn again with other groups.
  function draw(canvas, frame, place, paint, size, ground, step = 1, isBrushed = false) {
    const own = Object.assign(ownOf(canvas, frame), { step });
    const began = performance.now();
    own.job = drawing(own, frame, place, paint, size, ground, step, isBrushed);
    work(canvas, own, own.job, Infinity);
    const points = Math.ceil(place.x.length / step) * passesOver(paint.group);
    if (points > PART) pointMs += ((performance.now() - began) / points - pointMs) / 4;
  }

  // One point of so many can be drawn within a time.
  const stepWithin = (group, ms) => Math.max(1, Math.ceil((group.length * passesOver(group) * pointMs) / ms));

  // All points, without a task that others would wait for: of many a draft comes first, which the canvas shows until all
  // are drawn, bit by bit, or something else is drawn on it.
  function drawAll(canvas, frame, place, paint, size, ground) {
    const step = stepWithin(paint.group, TASK_MS);
    draw(canvas, frame, place, paint, size, ground, step);
    if (step === 1) return;
    const own = Object.assign(kept.get(canvas), { step: 1 });
    own.job = drawing(own, frame, place, paint, size, ground, 1, false);
    work(canvas, own, own.job, 0);
  }

  return { draw, drawAll, stepWithin };
});
