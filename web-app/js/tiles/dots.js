// Single rows over the density, where those that the tiles keep are a good part of all that are in view.
"use strict";

NM.define("dots", ["store", "data", "palette", "picture", "dom"], (store, data, palette, picture, dom) => {
  const { state } = store;
  const FEW = 25;       // rows for one that is drawn
  const WIDE = 3;       // pixels of a cell, from which on there are dots however many rows each stands for
  const MOST = 60000;   // dots in a frame
  const DEEPEST = data.levels.length - 1;
  const CELL = data.side / 2 ** (8 + DEEPEST); // the smallest, in the map's units
  let inView = [];      // tiles whose rows can be pointed at
  let share = 0;        // of all rows in view, those that are drawn as dots
  let image = null;

  // Offsets of a dot's pixels and how much of each it covers, in 255ths; sampled four by four.
  function stampOf(radius, width) {
    const reach = Math.ceil(radius);
    const offsets = [];
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        let hits = 0;
        for (let s = 0; s < 16; s++) {
          if (Math.hypot(dx + ((s & 3) - 1.5) / 4, dy + ((s >> 2) - 1.5) / 4) <= radius) hits++;
        }
        if (hits > 0) offsets.push({ offset: dy * width + dx, cover: Math.round((hits / 16) * 255) });
      }
    }
    return { reach, offsets };
  }

  // The same share of every tile, or one would see their edges: as much as the fullest keeps.
  function shareOf(frame, tiles) {
    const fullest = Math.max(...tiles.map(({ rows }) => rows), 1);
    const all = tiles.reduce((sum, { rows }) => sum + rows, 0);
    const kept = Math.min(1, data.kept / fullest);
    return kept * FEW >= 1 || CELL * frame.scaleX >= WIDE ? Math.min(kept, MOST / Math.max(1, all)) : 0;
  }

  const opaque = ([red, green, blue]) => ((255 << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red)) >>> 0;

  function draw(canvas, frame, tiles) {
    inView = tiles;
    share = shareOf(frame, tiles);
    canvas.hidden = share === 0;
    if (canvas.hidden) return;
    const [width, height] = [frame.width, frame.height].map((size) => Math.round(size * frame.ratio));
    if (image?.width !== width || image.height !== height) image = new ImageData(width, height);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const pixels = new Uint32Array(image.data.buffer).fill(0);
    const radius = Math.max(1.2, Math.min(3.5, 1.2 + CELL * frame.scaleX * 0.25)) * frame.ratio;
    const rim = stampOf(radius + frame.ratio, width);
    const { offsets } = stampOf(radius, width);
    const { reach } = rim;
    const ground = palette.parse(dom.css("--ground"));
    // Each color's dot on a rim of the ground, by which it stands out from the density.
    const inks = picture.colors().map((color) => {
      const ink = palette.parse(color);
      return offsets.map(({ cover }) => opaque(ink.map((value, at) => ground[at] + ((value - ground[at]) * cover) / 255)));
    });
    const bare = opaque(ground);
    const byIsolation = state.color === "isolation";
    const scale = frame.scaleX * frame.ratio;
    const places = [];
    for (const { points, rows } of inView) {
      // A tile's points are ordered by their hash: any number of the first are a fair sample.
      const last = Math.min(points.ids.length, Math.round(rows * share));
      for (let at = 0; at < last; at++) {
        if (state.hidden.has(points.classes[at])) continue;
        const x = Math.round((points.x[at] - frame.x0) * scale);
        const y = Math.round((frame.y1 - points.y[at]) * scale);
        if (x < reach || y < reach || x >= width - reach || y >= height - reach) continue;
        places.push(y * width + x, byIsolation ? points.isolation[at] : points.classes[at]);
      }
    }
    for (let at = 0; at < places.length; at += 2) {
      for (const { offset, cover } of rim.offsets) {
        const to = places[at] + offset;
        if (pixels[to] >>> 24 < cover) pixels[to] = ((cover << 24) | (bare & 0xffffff)) >>> 0;
      }
    }
    for (let at = 0; at < places.length; at += 2) {
      const ink = inks[places[at + 1]];
      for (let s = 0; s < offsets.length; s++) {
        const to = places[at] + offsets[s].offset;
        if (offsets[s].cover === 255 || pixels[to] === bare) pixels[to] = ink[s];
      }
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  // The row nearest to a place on the screen, within so many pixels, of all those that tiles in view keep.
  function nearest(frame, px, py, radius) {
    let best = null;
    let least = radius * radius;
    for (const tile of inView) {
      const { x, y, classes } = tile.points;
      for (let at = 0; at < x.length; at++) {
        const dx = frame.left + (x[at] - frame.x0) * frame.scaleX - px;
        const dy = frame.top + (frame.y1 - y[at]) * frame.scaleY - py;
        const distance = dx * dx + dy * dy;
        if (distance <= least && !state.hidden.has(classes[at])) [best, least] = [{ tile, at }, distance];
      }
    }
    return best;
  }

  // The next row in a direction: what lies aside counts double, what lies behind not at all.
  function towards({ tile: from, at: start }, [dx, dy]) {
    let best = null;
    let least = Infinity;
    for (const tile of inView) {
      const { x, y, classes } = tile.points;
      for (let at = 0; at < x.length; at++) {
        const [byX, byY] = [x[at] - from.points.x[start], y[at] - from.points.y[start]];
        const ahead = byX * dx + byY * dy;
        const aside = Math.abs(byX * dy) + Math.abs(byY * dx);
        const cost = ahead + 2 * aside;
        if (ahead > 0 && aside <= ahead && cost < least && !state.hidden.has(classes[at])) [best, least] = [{ tile, at }, cost];
      }
    }
    return best;
  }

  return { draw, nearest, towards, reaches: (tile) => inView.includes(tile) };
});
