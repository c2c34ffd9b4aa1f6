// Draws points on a 2-D canvas: before Plotly has come, without WebGL, while the map glides, and while D is held.
"use strict";

NM.define("raster", ["palette"], (palette) => {
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

  // place: {x, y} of points in the map's units; paint: {group, colors}; frame: what view.frame() gives;
  // step: draws one point of so many, for a draft.
  function draw(canvas, frame, place, paint, size, ground, step = 1) {
    const ratio = frame.ratio;
    const width = Math.round(frame.width * ratio);
    const height = Math.round(frame.height * ratio);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    const pixels = image.data;
    const back = palette.parse(ground);
    new Uint32Array(pixels.buffer).fill((255 << 24) | (back[2] << 16) | (back[1] << 8) | back[0]);

    const stamp = disc((size * ratio) / 2);
    const stampReach = Math.ceil((size * ratio) / 2);
    const scaleX = frame.scaleX * ratio;
    const scaleY = frame.scaleY * ratio;
    const { CONTEXT, isBeneath } = palette;
    const colors = paint.colors.map(palette.parse);
    const gray = palette.parse(palette.gray());

    const pass = (accept) => {
      for (let i = 0; i < place.x.length; i += step) {
        const group = paint.group[i];
        if (!accept(group)) continue;
        const px = Math.round((place.x[i] - frame.x0) * scaleX);
        const py = Math.round((frame.y1 - place.y[i]) * scaleY);
        if (px < stampReach || py < stampReach || px >= width - stampReach || py >= height - stampReach) continue;
        const color = group === CONTEXT ? gray : colors[group];
        for (let s = 0; s < stamp.length; s++) {
          const at = 4 * ((py + stamp[s][1]) * width + px + stamp[s][0]);
          const alpha = stamp[s][2] * 0.85;
          pixels[at] += (color[0] - pixels[at]) * alpha;
          pixels[at + 1] += (color[1] - pixels[at + 1]) * alpha;
          pixels[at + 2] += (color[2] - pixels[at + 2]) * alpha;
        }
      }
    };
    if (paint.group.includes(CONTEXT)) pass((group) => group === CONTEXT);
    if (paint.group.some((group) => isBeneath(group) && group !== CONTEXT)) pass((group) => isBeneath(group) && group !== CONTEXT);
    pass((group) => !isBeneath(group));
    context.putImageData(image, 0, 0);
  }

  return { draw };
});
