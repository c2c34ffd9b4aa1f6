// Draws so many points that their dots would be one blot: a pixel is the stronger the more points lie there, on a scale of
// logarithms, and has the mean of their colors. Closer by, where they lie apart, they are dots again.
"use strict";

NM.define("shade", ["palette"], (palette) => {
  const MANY = 2e6;      // from here on
  const PART = 8192;     // points between two looks at the clock
  const ROWS = 64;       // of pixels, likewise
  const TOP = 0.95;      // how much of its color the most crowded pixel has
  const ALONE = 0.85;    // how much a point has that no other is near
  const BENEATH = 0.5;   // how much of gray the points that the filter leaves out have at the least

  // Of each pixel how many points lie there, those of the context apart, and the sums of their colors.
  function roomOf(own, pixels) {
    if (own.room?.counts.length !== pixels) {
      own.room = { counts: new Float32Array(pixels), context: new Float32Array(pixels), colors: new Float32Array(3 * pixels) };
    }
    for (const part of Object.values(own.room)) part.fill(0);
    return own.room;
  }

  function* counting(room, frame, { x, y }, { group, colors }, stamp, width, height, step) {
    const { counts, context, colors: sums } = room;
    const [scaleX, scaleY] = [frame.scaleX * frame.ratio, frame.scaleY * frame.ratio];
    const offsets = Int32Array.from(stamp, ([dx, dy]) => dy * width + dx);
    const covers = Float32Array.from(stamp, ([, , cover]) => cover);
    const reach = Math.max(...stamp.map(([dx, dy]) => Math.max(Math.abs(dx), Math.abs(dy))));
    const inks = Float32Array.from(Array.from(colors, (color) => (color ? palette.parse(color) : [0, 0, 0])).flat());
    const [right, bottom] = [width - reach, height - reach];

    function some(from, to) {
      for (let i = from; i < to; i += step) {
        const px = ((x[i] - frame.x0) * scaleX + 0.5) | 0;
        const py = ((frame.y1 - y[i]) * scaleY + 0.5) | 0;
        if (px < reach || py < reach || px >= right || py >= bottom) continue;
        const center = py * width + px;
        const own = group[i];
        for (let s = 0; s < offsets.length; s++) {
          const cover = covers[s];
          if (own === palette.CONTEXT) {
            context[center + offsets[s]] += cover;
            continue;
          }
          const at = center + offsets[s];
          counts[at] += cover;
          sums[3 * at] += cover * inks[3 * own];
          sums[3 * at + 1] += cover * inks[3 * own + 1];
          sums[3 * at + 2] += cover * inks[3 * own + 2];
        }
      }
    }

    for (let from = 0; from < x.length; from += PART * step) {
      some(from, Math.min(x.length, from + PART * step));
      yield;
    }
  }

  // How strongly so many points are shown where at the most so many lie on a pixel.
  function strengthOf(most) {
    const floor = ALONE / (1 + Math.log10(Math.max(1, most)));
    const rise = most > 1 ? (TOP - floor) / Math.log(most) : 0;
    return (count) => (count < 1 ? floor * count : floor + rise * Math.log(count));
  }

  function mostOf(counts) {
    let most = 0;
    for (let at = 0; at < counts.length; at++) if (counts[at] > most) most = counts[at];
    return most;
  }

  function* painting({ counts, context, colors }, pixels, width, ground) {
    const back = palette.parse(ground);
    const gray = palette.parse(palette.gray());
    const [strength, under] = [strengthOf(mostOf(counts)), strengthOf(mostOf(context))];
    const rgb = [0, 0, 0];
    pixels.fill(((255 << 24) | (back[2] << 16) | (back[1] << 8) | back[0]) >>> 0);
    for (let from = 0; from < pixels.length; from += ROWS * width) {
      for (let at = from; at < Math.min(pixels.length, from + ROWS * width); at++) {
        const [count, others] = [counts[at], context[at]];
        if (count === 0 && others === 0) continue;
        const u = others > 0 ? BENEATH + (1 - BENEATH) * under(others) : 0;
        const t = count > 0 ? strength(count) : 0;
        for (let c = 0; c < 3; c++) {
          const beneath = back[c] + (gray[c] - back[c]) * u;
          rgb[c] = count > 0 ? beneath + (colors[3 * at + c] / count - beneath) * t : beneath;
        }
        pixels[at] = ((255 << 24) | (rgb[2] << 16) | (rgb[1] << 8) | rgb[0]) >>> 0;
      }
      yield;
    }
  }

  // own: what is kept for the canvas, with its image; stamp: [dx, dy, cover] of a dot's pixels.
  function* drawing(own, frame, place, paint, stamp, ground, step) {
    const { width, height, data } = own.image;
    const pixels = new Uint32Array(data.buffer);
    const room = roomOf(own, pixels.length);
    yield* counting(room, frame, place, paint, stamp, width, height, step);
    yield* painting(room, pixels, width, ground);
  }

  return { MANY, drawing };
});
