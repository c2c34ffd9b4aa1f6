// Draws points on a 2-D canvas: before Plotly has come, without WebGL, while the map glides, and while D is held.
"use strict";

NM.define("raster", ["palette"], (palette) => {
  const OPACITY = 0.85;

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

  // A color as the stamp lays it on: red with blue, and green, each times the part of 256 that it covers a pixel by.
  function inks(color, stamp) {
    const [red, green, blue] = palette.parse(color);
    return stamp.map(([, , cover]) => {
      const part = Math.round(cover * OPACITY * 256);
      return { rest: 256 - part, redBlue: Math.imul((blue << 16) | red, part), green: Math.imul(green, part) };
    });
  }

  // The order in which a group is drawn: 0 for the context, 1 for the other gray ones, 2 for the rest.
  const rankOf = (group) => (group === palette.CONTEXT ? 0 : palette.isBeneath(group) ? 1 : 2);
  const RANKS = Uint8Array.from({ length: 256 }, (_, group) => rankOf(group));

  function painter(pixels, width, height, frame, place, stamp, reach, step) {
    const scaleX = frame.scaleX * frame.ratio;
    const scaleY = frame.scaleY * frame.ratio;
    const { x, y } = place;
    const offsets = Int32Array.from(stamp, ([dx, dy]) => dy * width + dx);

    // Two channels at once in whole numbers: a brush draws every point in every frame.
    return function dots(group, inkOf, isDrawn) {
      for (let i = 0; i < x.length; i += step) {
        if (isDrawn[group[i]] === 0) continue;
        const px = Math.round((x[i] - frame.x0) * scaleX);
        const py = Math.round((frame.y1 - y[i]) * scaleY);
        if (px < reach || py < reach || px >= width - reach || py >= height - reach) continue;
        const ink = inkOf[group[i]];
        const center = py * width + px;
        for (let s = 0; s < offsets.length; s++) {
          const at = center + offsets[s];
          const before = pixels[at];
          const redBlue = (Math.imul(before & 0xff00ff, ink[s].rest) + ink[s].redBlue) >>> 8;
          const green = (Math.imul((before >>> 8) & 0xff, ink[s].rest) + ink[s].green) & 0xff00;
          pixels[at] = 0xff000000 | (redBlue & 0xff00ff) | green;
        }
      }
    };
  }

  const BENEATH = [...RANKS.keys()].filter((group) => RANKS[group] === 1 && group <= palette.OTHER);
  const EVERY = new Uint8Array(256).fill(1);
  const ofRank = [0, 1, 2].map((rank) => RANKS.map((own) => (own === rank ? 1 : 0)));
  // canvas -> {image: kept from frame to frame, under: all points in gray, kept under a brush}
  const kept = new WeakMap();

  // place: {x, y} of points in the map's units; paint: {group, colors}; frame: what view.frame() gives;
  // step: draws one point of so many, for a draft; isBrushed: the same points will be drawn again with other groups.
  function draw(canvas, frame, place, paint, size, ground, step = 1, isBrushed = false) {
    const width = Math.round(frame.width * frame.ratio);
    const height = Math.round(frame.height * frame.ratio);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    let own = kept.get(canvas);
    if (own?.image.width !== width || own.image.height !== height) {
      own = { image: context.createImageData(width, height), under: { key: "" } };
      kept.set(canvas, own);
    }
    const { image, under } = own;
    const pixels = new Uint32Array(image.data.buffer);
    const back = palette.parse(ground);
    const stamp = disc((size * frame.ratio) / 2);
    const reach = Math.ceil((size * frame.ratio) / 2);
    const dots = painter(pixels, width, height, frame, place, stamp, reach, step);
    const gray = new Array(256).fill(inks(palette.gray(), stamp));
    const clear = () => pixels.fill(((255 << 24) | (back[2] << 16) | (back[1] << 8) | back[0]) >>> 0);

    if (isBrushed) {
      const { x0, x1, y0, y1 } = frame;
      const key = JSON.stringify([x0, x1, y0, y1, width, height, size, ground, step]);
      if (under.key !== key || under.place !== place) {
        clear();
        dots(paint.group, gray, EVERY);
        own.under = { key, place, pixels: pixels.slice() };
      } else pixels.set(under.pixels);
    } else {
      clear();
      if (paint.group.includes(palette.CONTEXT)) dots(paint.group, gray, ofRank[0]);
    }
    const ink = paint.colors.map((color) => inks(color, stamp));
    if (BENEATH.some((group) => paint.group.includes(group))) dots(paint.group, ink, ofRank[1]);
    dots(paint.group, ink, ofRank[2]);
    context.putImageData(image, 0, 0);
  }

  return { draw };
});
