// The part of the map that is shown, as a figure for a paper: title, points, names, legend, and a caption with the scores
// and with what another needs to make the same map. SVG; the PNG is a picture of it.
"use strict";

NM.define("figure", ["store", "data", "places", "view", "color_modes", "class_names", "filter", "palette", "pictures", "raster", "shade", "shades", "text", "words", "dom"], (store, data, places, view, colorModes, classNames, filter, palette, pictures, raster, shade, shades, text, words, dom) => {
  const { state } = store;
  const SVG = "http://www.w3.org/2000/svg";
  const WIDTH = 1200;
  const PAD = 28;
  const LINE = 22;
  const FONTS = { title: "600 24px sans-serif", plain: "16px sans-serif", name: "600 17px sans-serif" };
  const PNG_SCALE = 2;

  function node(tag, attributes, ...children) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  const ruler = document.createElement("canvas").getContext("2d");
  function widthOf(said, font) {
    ruler.font = font;
    return ruler.measureText(said).width;
  }

  const written = (said, x, y, font, more = {}) => node("text", { x, y, style: `font: ${font}`, fill: dom.css("--ink"), ...more }, said);

  function wrapped(sentences) {
    const lines = [""];
    for (const word of sentences.join(" ").split(" ")) {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (widthOf(longer, FONTS.plain) <= WIDTH - 2 * PAD) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  }

  // A path per color, in which each dot is a line of no length with round ends: a tenth of the size of a circle each.
  function dots({ x, y }, place, inside) {
    const { group, colors } = colorModes.groups();
    const paths = new Map();
    for (let i = 0; i < x.length; i++) {
      const [px, py] = place(x[i], y[i]);
      if (!inside(px, py)) continue;
      if (!paths.has(group[i])) paths.set(group[i], []);
      paths.get(group[i]).push(`M${px.toFixed(1)} ${py.toFixed(1)}h0`);
    }
    const lowest = ([a], [b]) => palette.isBeneath(b) - palette.isBeneath(a) || (palette.isBeneath(a) ? b - a : a - b);
    return [...paths].sort(lowest).map(([number, path]) => node("path", {
      d: path.join(""), stroke: number === palette.CONTEXT ? palette.gray() : colors[number], fill: "none", opacity: 0.85,
    }));
  }

  // Of millions a picture, as the map shows them: as dots they would be hundreds of megabytes.
  function shaded(shown, f, scale, box) {
    const canvas = document.createElement("canvas");
    const frame = { ...f, ...box, left: 0, top: 0, ratio: PNG_SCALE, scaleX: f.scaleX * scale, scaleY: f.scaleY * scale };
    raster.draw(canvas, frame, shown, colorModes.groups(), view.dotSize() * scale, dom.css("--ground"));
    return node("image", { ...box, href: canvas.toDataURL() });
  }

  // [{color, name}] of what the dots' colors mean; of a ramp its two ends say it.
  function entries(mode) {
    if (mode.value) return mode.missing > 0 ? [{ color: palette.missing(), name: words.figure.missing(mode.missing) }] : [];
    if (mode.tags) {
      const tag = mode.tags.names[colorModes.tagOf(mode)];
      return [{ color: palette.slotColor(0), name: tag }, { color: palette.slotColor(palette.OTHER), name: words.not(tag) }];
    }
    const levels = colorModes.levels();
    const chips = levels.chips();
    const found = chips.map((code) => ({ color: levels.colorOf(code), name: levels.nameOfCode(code) }));
    if (!levels.few) found.push({ color: palette.slotColor(palette.OTHER), name: words.other(levels.names.length - chips.length) });
    if (levels.missing > 0) found.push({ color: palette.missing(), name: levels.nameOfCode(levels.MISSING) });
    return found;
  }

  // The legend from a height on, and the height at which it ends.
  function legend(mode, top) {
    const parts = [];
    let [x, y] = [PAD, top];
    if (mode.value) {
      const stops = palette.stops(mode.ramp).map((color, at, all) => node("stop", { offset: at / (all.length - 1), "stop-color": color }));
      const [low, high] = colorModes.ends(mode);
      const start = x + widthOf(low, FONTS.plain) + 8;
      parts.push(node("linearGradient", { id: "ramp" }, ...stops), written(low, x, y, FONTS.plain),
        node("rect", { x: start, y: y - 12, width: 160, height: 12, rx: 3, fill: "url(#ramp)" }), written(high, start + 168, y, FONTS.plain));
      x = start + 168 + widthOf(high, FONTS.plain) + 24;
      if (shades.isRanked(mode)) {
        const note = words.bar.median(mode.text(shades.median(mode)));
        parts.push(written(note, x - 12, y, FONTS.plain));
        x += widthOf(note, FONTS.plain) + 12;
      }
    }
    for (const { color, name } of entries(mode)) {
      const width = 18 + widthOf(name, FONTS.plain);
      if (x > PAD && x + width > WIDTH - PAD) [x, y] = [PAD, y + LINE];
      parts.push(node("circle", { cx: x + 6, cy: y - 5, r: 6, fill: color }), written(name, x + 18, y, FONTS.plain));
      x += width + 22;
    }
    return { parts, end: parts.length > 0 ? y + LINE + 8 : top };
  }

  const score = (value) => (Number.isFinite(value) ? text.fixed(value, 3) : words.bar.unmeasured);

  function caption(mode, map) {
    const { scores, note } = map;
    const told = [words.figure.of(map.title, data.points, pictures.own, note)];
    if (places.isPast()) told.push(words.time.caption(places.name(), state.frame + 1, places.frames().names.length));
    else told.push(scores
      ? words.figure.scores(score(scores.trustworthiness), score(scores.continuity), score(scores.recall), scores.k, scores.n, pictures.own)
      : words.figure.unscored);
    const levels = colorModes.levels();
    if (mode.value || mode.tags || levels.codes.length > 0) told.push(words.figure.colored(mode.levels || mode.value || mode.tags ? mode.title : levels.column.name));
    if (filter.isOn()) told.push(words.figure.filtered(filter.count()));
    if (Math.abs(view.fit(map.extent).x1 - view.frame().x1) > 1e-6 * Math.abs(view.frame().x1)) told.push(words.figure.part);
    return told;
  }

  function svg() {
    store.set({ playing: false }); // what is saved is a frame, not between two
    const [mode, map, f] = [colorModes.current(), data.maps[state.map], view.frame()];
    const scale = (WIDTH - 2 * PAD) / f.width;
    const [top, height] = [PAD + 36, f.height * scale];
    const place = (x, y) => {
      const [px, py] = view.toScreen(f, x, y);
      return [PAD + (px - f.left) * scale, top + (py - f.top) * scale];
    };
    const inside = (px, py) => px >= PAD && px <= WIDTH - PAD && py >= top && py <= top + height;
    const names = (state.layers.names ? classNames.shown() : []).map(({ name, px, py }) => written(name, PAD + (px - f.left) * scale, top + (py - f.top) * scale + 6, FONTS.name, {
      "text-anchor": "middle", "paint-order": "stroke", stroke: dom.css("--ground"), "stroke-width": 4, "stroke-linejoin": "round",
    }));
    const { parts, end } = legend(mode, top + height + 34);
    const lines = wrapped(caption(mode, map));
    const bottom = end + lines.length * LINE + PAD - 10;
    const figure = node("svg", { xmlns: SVG, width: WIDTH, height: Math.ceil(bottom), viewBox: `0 0 ${WIDTH} ${Math.ceil(bottom)}`, role: "img" },
      node("title", {}, words.figure.title(data.title, map.title)),
      node("rect", { width: "100%", height: "100%", fill: dom.css("--ground") }),
      written(data.title, PAD, PAD + 18, FONTS.title),
      data.points > shade.MANY
        ? shaded(places.shown(), f, scale, { x: PAD, y: top, width: WIDTH - 2 * PAD, height })
        : node("g", { "stroke-width": (view.dotSize() * scale).toFixed(1), "stroke-linecap": "round" }, ...dots(places.shown(), place, inside)),
      node("rect", { x: PAD, y: top, width: WIDTH - 2 * PAD, height, fill: "none", stroke: dom.css("--line") }),
      ...names, ...parts, ...lines.map((line, at) => written(line, PAD, end + (at + 0.5) * LINE, FONTS.plain)));
    return { text: new XMLSerializer().serializeToString(figure), width: WIDTH, height: Math.ceil(bottom) };
  }

  async function png() {
    const { text: source, width, height } = svg();
    const url = URL.createObjectURL(new Blob([source], { type: "image/svg+xml" }));
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: PNG_SCALE * width, height: PNG_SCALE * height });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(url);
    return new Promise((done) => { canvas.toBlob(done, "image/png"); });
  }

  return { svg, png };
});
