// Draws what is in view: tiles as far as they are in memory, what lies above them where they are not, and single rows.
"use strict";

NM.define("map", ["store", "view", "files", "cover", "picture", "dots", "axes", "tile", "dom"],
  (store, view, files, cover, picture, dots, axes, { squareOf }, dom) => {
    const { byId } = dom;
    const PAINT_MS = 8;   // per frame: the rest of the pictures waits for the next one
    const listeners = [];
    let covering = [];    // what cover.of gave for this view
    let waiting = false;
    let isMarked = false;

    function place(canvas, frame) {
      Object.assign(canvas.style, { left: `${frame.left}px`, top: `${frame.top}px`, width: `${frame.width}px`, height: `${frame.height}px` });
    }

    // One tile's part of the map, from its own picture or from a part of one above it.
    function drawPart(context, frame, wanted, shown, canvas) {
      const part = squareOf(wanted.level, wanted.number);
      const times = 256 / shown.square.side;
      const size = part.side * times;
      const from = [(part.x0 - shown.square.x0) * times, 256 - (part.y0 - shown.square.y0) * times - size];
      const scale = frame.scaleX * frame.ratio;
      // Whole pixels, or there would be seams between the tiles.
      const [left, right] = [part.x0, part.x0 + part.side].map((x) => Math.round((x - frame.x0) * scale));
      const [top, bottom] = [part.y0 + part.side, part.y0].map((y) => Math.round((frame.y1 - y) * scale));
      context.drawImage(canvas, ...from, size, size, left, top, right - left, bottom - top);
    }

    function draw() {
      waiting = false;
      const frame = view.frame();
      covering = cover.of(frame);
      files.want([{ level: 0, number: 0 }, ...covering.map(({ holder }) => holder)]);
      const canvas = byId("density");
      const size = { width: Math.round(frame.width * frame.ratio), height: Math.round(frame.height * frame.ratio) };
      if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
      for (const each of [canvas, byId("dots")]) place(each, frame);
      axes.draw(byId("axes"), frame);
      const held = covering.map(({ holder }) => files.get(holder.level, holder.number));
      dots.draw(byId("dots"), frame, [...new Set(held.filter(Boolean))]);
      const pairs = covering.map((wanted) => ({ wanted, shown: cover.exact(wanted) ?? cover.coarser(wanted) })).filter(({ shown }) => shown);
      const context = canvas.getContext("2d");
      context.clearRect(0, 0, canvas.width, canvas.height);
      context.imageSmoothingEnabled = false;
      const end = performance.now() + PAINT_MS;
      for (const { wanted, shown } of pairs) {
        const drawn = picture.of(shown, () => performance.now() < end);
        if (drawn) drawPart(context, frame, wanted, shown, drawn);
      }
      if (pairs.some(({ shown }) => !picture.isCurrent(shown))) later();
      if (!isMarked && isWhole()) {
        isMarked = true;
        performance.mark("map-drawn");
      }
      for (const run of listeners) run();
    }

    function later() {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(draw);
    }

    // Whether all that is in view is drawn as finely as it can be.
    const isWhole = () => covering.every((wanted) => {
      const shown = cover.exact(wanted);
      return shown ? picture.isCurrent(shown) : files.hasFailed(wanted.holder.level, wanted.holder.number);
    });

    function start() {
      files.onChange(later);
      store.on("view color hidden theme", later);
      new ResizeObserver(() => {
        view.resize();
        later();
      }).observe(byId("plot"));
      later();
    }

    return { start, isWhole, covering: () => covering, onDrawn: (run) => listeners.push(run) };
  });
