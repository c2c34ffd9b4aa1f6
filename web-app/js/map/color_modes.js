// What the map can be colored by: the one table that select, legend, address, view and screen reader read.
"use strict";

NM.define("color_modes", ["store", "data", "latents", "levels", "classes", "columns", "bins", "shades", "filter", "palette", "text", "words", "tags"],
  (store, data, latents, levels, classes, columns, bins, shades, filter, palette, text, words) => {
    const { state } = store;

    // A mode: {key, title, map: the name of the one map that it is of, or null}, and one of
    // levels: those of a column, each with its color;
    // tags: those of a column of which an item has several, one of them shown at a time;
    // value: item -> number, NaN where it is missing, {numbers: the same as an array where there is one, low, high: the ends of the ramp, words: what the ends mean, or null
    // where the numbers say it, missing: how many are, ramp, text: number -> text}.
    const plain = data.label
      ? { key: "class", title: data.label.name === "class" ? words.bar.class : data.label.name, map: null, levels: classes }
      : { key: "none", title: words.bar.oneColor, map: null };
    const measured = data.modes.map(ofMode);
    const made = new WeakMap(); // column -> its mode; a column may come, and change, while the page is open

    function modeOf(column) {
      if (!made.has(column)) made.set(column, ofColumn(column));
      return made.get(column);
    }

    const table = () => [plain, ...measured, ...data.columns.filter((column) => column !== data.label && column.kind !== "text").map(modeOf)];

    // The ends are found when they are first asked for: of many columns most are never looked at.
    function numeric(mode, numbers, format) {
      let range = null;
      const of = () => (range = range || endsOf(numbers, mode.ramp, format));
      return {
        ...mode, numbers, value: (i) => numbers[i],
        get low() { return of().low; }, get high() { return of().high; }, get text() { return of().format; },
      };
    }

    function endsOf(numbers, ramp, format) {
      let [low, high] = bins.endsOf(numbers);
      // Both arms of a diverging ramp are as long, so that its middle is zero.
      if (ramp === "diverging" && low < 0 && high > 0) [low, high] = [-Math.max(high, -low), Math.max(high, -low)];
      return { low, high, format: format(low, high) };
    }

    function ofMode({ key, title, map, ramp, ends: given, values }) {
      const said = given.every((end) => end !== "") ? given : null;
      return numeric({ key, title, map, ramp, words: said, missing: 0 }, values, text.withinRange);
    }

    function ofColumn(column) {
      const { name, kind, values, missing } = column;
      const mode = { key: `column:${name}`, title: name, map: null };
      if (kind === "tags") return { ...mode, tags: levels.of(column) };
      if (column.levels) return { ...mode, levels: levels.of(column) };
      return numeric({ ...mode, ramp: "sequential", words: null, missing }, values, (low, high) => columns.formatter(column, low, high));
    }

    function ofDimension(dimension) {
      const end = latents.reach();
      return {
        key: `latent:${dimension}`, title: words.dimension(dimension + 1), map: null, ramp: "diverging", low: -end, high: end,
        words: null, missing: 0, value: (i) => latents.valueAt(i, dimension), text: text.latent,
      };
    }

    const onMap = (mode, mapNumber) => mode.map === null || mode.map === data.maps[mapNumber].name;

    // The mode of a key on a map; undefined where that map has none.
    function find(key, mapNumber = state.map) {
      const dimension = /^latent:(\d+)$/.exec(key);
      if (dimension) return Number(dimension[1]) < latents.size ? ofDimension(Number(dimension[1])) : undefined;
      return table().find((mode) => mode.key === key && onMap(mode, mapNumber));
    }

    const current = () => find(state.color) || plain;

    // The levels that the legend lists: those by which the map is colored, else the classes.
    const levelsOf = (mode) => mode.levels || classes;
    let shown = levelsOf(plain); // kept, for it is asked for each item
    const shownLevels = () => shown;

    // The tag by which the map is colored: the one picked, else the most frequent.
    const tagOf = (mode) => mode.tags.picks()[0] ?? mode.tags.order()[0] ?? 0;

    // What can be chosen on the map that is shown.
    function offered() {
      const modes = table().filter((mode) => onMap(mode, state.map));
      const now = current(); // a latent dimension is in the list while it is shown
      return modes.includes(now) ? modes : [...modes, now];
    }

    // The low and the high end of a mode's ramp as text.
    const ends = (mode) => mode.words || [mode.text(mode.low), mode.text(mode.high)];

    // An item's value as text: its number, or where words stand for the numbers, the end that it is near.
    function read(mode, item) {
      if (mode.levels) return mode.levels.nameOf(item);
      if (mode.tags) {
        const has = levels.hasTag(mode.tags.column, item, tagOf(mode));
        return has === undefined ? words.missing : has ? mode.tags.names[tagOf(mode)] : words.not(mode.tags.names[tagOf(mode)]);
      }
      const value = mode.value(item);
      if (Number.isNaN(value)) return words.missing;
      if (!mode.words) return mode.text(value);
      const share = (value - mode.low) / (mode.high - mode.low || 1);
      return share < 1 / 3 ? mode.words[0] : share > 2 / 3 ? mode.words[1] : words.bar.between;
    }

    function groupsOfValues(mode, group) {
      const { numbers, value } = mode;
      const shadeOf = shades.of(mode);
      for (let i = 0; i < group.length; i++) {
        const shade = shadeOf(numbers ? numbers[i] : value(i)); // a call of many kinds takes a task's time for a million
        group[i] = Number.isNaN(shade) ? palette.MISSING_GROUP : shade;
      }
    }

    function groupsOfLevels(group) {
      const slots = Uint8Array.from(shown.names.keys(), shown.slot);
      const stored = shown.column?.codes;
      if (!stored) return; // of one color
      for (let i = 0; i < group.length; i++) group[i] = stored[i] < 0 ? palette.MISSING_GROUP : slots[stored[i]];
    }

    function groupsOfTag(mode, group) {
      const tag = tagOf(mode);
      for (let i = 0; i < group.length; i++) {
        const has = levels.hasTag(mode.tags.column, i, tag);
        group[i] = has === undefined ? palette.MISSING_GROUP : has ? 0 : palette.OTHER;
      }
    }

    // The groups of all points, kept while the same color is shown: a brush asks for them in every frame.
    let whole = { key: "", group: null };
    function groupsOfAll(mode) {
      const key = JSON.stringify([mode.key, state.map, shown.column?.name, mode.tags ? tagOf(mode) : shown.picks(), shades.isRanked(mode)]);
      if (whole.key === key) return whole.group;
      const group = new Uint8Array(data.points);
      if (mode.value) groupsOfValues(mode, group);
      else if (mode.tags) groupsOfTag(mode, group);
      else groupsOfLevels(group);
      whole = { key, group };
      return group;
    }

    // {group: a number per point, colors: one per group}; what the filter leaves out is in the group CONTEXT.
    // Groups, not a color per point: Plotly draws one trace per group ten times faster than one trace of many colors.
    function groups() {
      const mode = current();
      let group = groupsOfAll(mode);
      if (filter.isOn()) {
        const passing = filter.bits();
        group = group.slice();
        for (let w = 0; w < passing.length; w++) {
          for (let word = ~passing[w]; word !== 0; word &= word - 1) group[32 * w + 31 - Math.clz32(word & -word)] = palette.CONTEXT;
        }
      }
      return { group, colors: mode.value ? palette.ramp(mode.ramp) : palette.slotColors() };
    }

    // On another map the mode of the same title goes on, such as "False neighbors"; where there is none, the plain one.
    store.on("map tags", (_, changed) => {
      if (changed.has("tags")) whole.key = ""; // the same tag may be of other items now
      if (find(state.color)) return;
      const { title } = table().find((mode) => mode.key === state.color) || plain;
      const same = offered().find((mode) => mode.title === title) || plain;
      store.set({ color: same.key });
    });
    store.on("color map named", () => { shown = levelsOf(current()); });
    store.set({ color: data.clusters && !data.label ? `column:${data.clusters.name}` : plain.key });

    return {
      plain, find, current, offered, ends, read, groups, tagOf, levels: shownLevels,
      // The color of an item's level, whatever value its dot shows.
      levelColor: (item) => shown.colorOf(shown.of(item)),
    };
  });
