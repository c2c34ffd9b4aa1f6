// What the map can be colored by: the one table that select, legend, address, view and screen reader read.
"use strict";

NM.define("color_modes", ["store", "data", "latents", "classes", "palette", "text"], (store, data, latents, classes, palette, text) => {
  const { state } = store;

  // A mode: {key, title, map: the name of the one map that it is of, or null}, and where it shows values
  // {value: item -> number, low, high: the ends of the ramp, words: what the ends mean, or null where the numbers say it,
  // ramp, text: number -> text}.
  const plain = classes.codes.length > 0 ? { key: "class", title: "Class", map: null } : { key: "none", title: "One color", map: null };
  const table = [plain, ...data.modes.map(ofValues)];

  function ofValues({ key, title, map, ramp, ends, values }) {
    let [low, high] = [Infinity, -Infinity];
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
    // Both arms of a diverging ramp are as long, so that its middle is zero.
    if (ramp === "diverging" && low < 0 && high > 0) [low, high] = [-Math.max(high, -low), Math.max(high, -low)];
    const words = ends.every((end) => end !== "") ? ends : null;
    return { key, title, map, ramp, low, high, words, value: (i) => values[i], text: text.withinRange(low, high) };
  }

  function ofDimension(dimension) {
    const end = latents.reach();
    return {
      key: `latent:${dimension}`, title: `Dimension ${dimension + 1}`, map: null, ramp: "diverging", low: -end, high: end,
      words: null, value: (i) => latents.valueAt(i, dimension), text: text.latent,
    };
  }

  // The mode of a key on a map; undefined where that map has none.
  function find(key, mapNumber = state.map) {
    const dimension = /^latent:(\d+)$/.exec(key);
    if (dimension) return Number(dimension[1]) < latents.size ? ofDimension(Number(dimension[1])) : undefined;
    return table.find((mode) => mode.key === key && (mode.map === null || mode.map === data.maps[mapNumber].name));
  }

  const current = () => find(state.color) || plain;

  // What can be chosen on the map that is shown.
  function offered() {
    const modes = table.filter((mode) => mode.map === null || mode.map === data.maps[state.map].name);
    const now = current(); // a latent dimension is in the list while it is shown
    return modes.includes(now) ? modes : [...modes, now];
  }

  // The low and the high end of a mode's ramp as text.
  const ends = (mode) => mode.words || [mode.text(mode.low), mode.text(mode.high)];

  // An item's value as text: its number, or where words stand for the numbers, the end that it is near.
  function read(mode, item) {
    if (!mode.words) return mode.text(mode.value(item));
    const share = (mode.value(item) - mode.low) / (mode.high - mode.low || 1);
    return share < 1 / 3 ? mode.words[0] : share > 2 / 3 ? mode.words[1] : "in between";
  }

  // {group: a number per point, colors: one per group}; hidden classes are in the group CONTEXT.
  // Groups, not a color per point: Plotly draws one trace per group ten times faster than one trace of many colors.
  function groups() {
    const mode = current();
    const { BINS, CONTEXT, N_CLASS_COLORS } = palette;
    const group = new Uint8Array(data.points);
    let colors;
    if (mode.value) {
      const scale = (BINS - 1) / (mode.high - mode.low || 1);
      for (let i = 0; i < data.points; i++) {
        group[i] = Math.max(0, Math.min(BINS - 1, Math.round((mode.value(i) - mode.low) * scale)));
      }
      colors = palette.ramp(mode.ramp);
    } else {
      const missing = N_CLASS_COLORS;
      for (let i = 0; i < data.points; i++) {
        const code = classes.of(i);
        group[i] = code === classes.MISSING ? missing : code % N_CLASS_COLORS;
      }
      colors = Array.from({ length: N_CLASS_COLORS }, (_, code) => palette.classColor(code));
      colors[missing] = palette.classColor(classes.MISSING);
    }
    if (state.hidden.size > 0) {
      for (let i = 0; i < data.points; i++) if (state.hidden.has(classes.of(i))) group[i] = CONTEXT;
    }
    return { group, colors };
  }

  store.set({ color: plain.key });
  // On another map the mode of the same title goes on, such as "Trust"; where there is none, the plain one.
  store.on("map", () => {
    if (find(state.color)) return;
    const { title } = table.find((mode) => mode.key === state.color);
    const same = offered().find((mode) => mode.title === title) || plain;
    store.set({ color: same.key });
  });

  return { plain, find, current, offered, ends, read, groups };
});
