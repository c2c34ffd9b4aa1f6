// data.js -> the part "data": fields unpacked into typed arrays, maps and color modes dequantized.
"use strict";

NM.define("load", ["check", "schema", "unpack", "load_columns", "rest", "scripts", "words"], ({ demand, isGiven }, schema, { unpack, unpackTexts }, loadColumns, rest, scripts, words) => {
  let data = null;

  function mapOf(map, fields, arrays, points) {
    const { offset, step } = fields[map.field];
    const stored = arrays[map.field];
    const x = new Float64Array(points);
    const y = new Float64Array(points);
    for (let i = 0; i < points; i++) {
      x[i] = offset[0] + step[0] * stored[2 * i];
      y[i] = offset[1] + step[1] * stored[2 * i + 1];
    }
    const note = typeof map.note === "string" ? map.note : "";
    return {
      name: map.name, title: map.title, note, x, y, scores: map.scores || null,
      vectors: Number.isInteger(map.vectors) ? map.vectors : null, ...framesOf(map, fields, arrays, extentOf(x, y)),
    };
  }

  // All frames but the last, which is the map, as they are stored; and what all of them extend over.
  function framesOf({ frames }, fields, arrays, extent) {
    if (!frames) return { frames: null, extent };
    const { offset, step } = fields[frames.field];
    const stored = arrays[frames.field];
    for (let i = 0; i < stored.length; i += 2) {
      const [x, y] = [offset[0] + step[0] * stored[i], offset[1] + step[1] * stored[i + 1]];
      if (x < extent.x0) extent.x0 = x;
      if (x > extent.x1) extent.x1 = x;
      if (y < extent.y0) extent.y0 = y;
      if (y > extent.y1) extent.y1 = y;
    }
    return { frames: { names: frames.names, stored, offset, step }, extent };
  }

  function extentOf(x, y) {
    const extent = { x0: Infinity, x1: -Infinity, y0: Infinity, y1: -Infinity };
    for (let i = 0; i < x.length; i++) {
      if (x[i] < extent.x0) extent.x0 = x[i];
      if (x[i] > extent.x1) extent.x1 = x[i];
      if (y[i] < extent.y0) extent.y0 = y[i];
      if (y[i] > extent.y1) extent.y1 = y[i];
    }
    return extent;
  }

  function modeOf({ key, title, ends, ramp, map, field }, fields, arrays) {
    const { offset: [offset], step: [step] } = fields[field];
    const stored = arrays[field];
    const values = new Float32Array(stored.length);
    for (let i = 0; i < values.length; i++) values[i] = offset + step * stored[i];
    return { key, title, ends, ramp, map, values };
  }

  function vectorsOf({ name, origin, size, field }, fields) {
    const numbers = field ? { size, stored: null, offset: fields[field].offset, step: fields[field].step } : null;
    return { name, origin, numbers, graph: null };
  }

  // What a set of vectors holds, which may come after the first map.
  function fillVectors(set, { field, neighbors }, arrays, points) {
    if (field) set.numbers.stored = arrays[field];
    if (!neighbors) return;
    const rows = arrays[neighbors.field];
    let largest = 0;
    for (let at = 0; at < rows.length; at++) if (rows[at] > largest) largest = rows[at];
    demand(largest < points, words.data.neighborRows(set.name));
    set.graph = { k: neighbors.k, exact: neighbors.recall === null || neighbors.recall === undefined, rows };
  }

  function picturesOf(pictures, arrays) {
    if (!pictures) return null;
    if (pictures.encoding === "raw") return { encoding: "raw", pixels: arrays[pictures.field] };
    const [header, offsets, bodies] = [arrays[pictures.header], arrays[pictures.offsets], arrays[pictures.field]];
    const isRising = offsets[0] === 0 && offsets.every((end, at) => at === 0 || end >= offsets[at - 1]);
    demand(isRising && offsets[offsets.length - 1] === bodies.length, words.data.picturesBegin);
    demand(bodies.length === 0 || (header[0] === 0xff && header[1] === 0xd8), words.data.picturesJpeg);
    return { encoding: "jpeg", header, offsets, bodies };
  }

  // The fields that the first map can do without.
  function lateOf({ vectors, pictures, columns }) {
    const texts = columns.filter(({ kind }) => kind === "text");
    return new Set([...vectors, ...vectors.map(({ neighbors }) => neighbors), pictures, ...texts].map((part) => part?.field));
  }

  // What is drawn is seen; in a window that is not, frames do not come.
  const painted = () => new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, 300);
  });

  async function load() {
    const source = window.NEURAL_MANIFOLD_DATA;
    demand(scripts.dataTrouble !== "missing", words.data.missing);
    demand(scripts.dataTrouble === null && source !== undefined, words.data.damaged);
    schema.checkDocument(source);

    const { fields, points } = source;
    const empty = Object.keys(fields).filter((name) => fields[name].data === null);
    const late = lateOf(source);
    const lacking = empty.find((name) => !isGiven(source.rest) || !late.has(name));
    demand(lacking === undefined, words.field.noData(lacking));
    const waiting = empty.length > 0 ? rest.read(source.rest, fields, empty) : null;
    waiting?.catch(() => {}); // it is told below, where it is waited for
    const arrays = {};
    // Texts are read when one is asked for.
    const unpackAll = async (names) => {
      const numbers = names.filter((name) => fields[name].type !== "json");
      const unpacked = await Promise.all(numbers.map((name) => unpack(name, fields[name])));
      numbers.forEach((name, at) => { arrays[name] = unpacked[at]; });
    };
    await unpackAll(Object.keys(fields).filter((name) => !empty.includes(name)));
    const columns = source.columns.map((column) => loadColumns.columnOf(column, fields, arrays, points));
    let tellWhole;
    const whole = new Promise((done) => { tellWhole = done; });
    data = {
      whole,
      title: source.title, points, side: source.side || 0, channels: source.channels || 1, model: source.model || null,
      index: arrays.index, ids: source.ids ? await unpackTexts(source.ids, fields[source.ids]) : null, errors: arrays.errors || null,
      columns, label: columns[source.label] || null, text: columns[source.text] || null, titles: columns[source.titles] || (!source.ids && columns[source.text]) || null, clusters: columns[source.clusters] || null,
      vectors: source.vectors.map((set) => vectorsOf(set, fields)), pictures: null, isPictured: isGiven(source.pictures),
      maps: source.maps.map((map) => mapOf(map, fields, arrays, points)),
      modes: source.modes.map((mode) => modeOf(mode, fields, arrays)),
      decoder: source.decoder || null, encoder: source.encoder || null, weights: source.decoder || source.encoder ? arrays : null,
    };
    if (data.clusters) data.clusters.none = words.clusters.none;
    demand(data.ids === null || !data.ids.includes(null), words.data.ids);
    delete window.NEURAL_MANIFOLD_DATA;
    if (waiting) {
      // What an address asks for may need them.
      if (location.hash === "") {
        NM.get("first_map").start(true);
        await painted();
      }
      await waiting;
      await unpackAll(empty);
    }
    data.vectors.forEach((set, at) => fillVectors(set, source.vectors[at], arrays, points));
    data.pictures = picturesOf(source.pictures, arrays);
    tellWhole();
  }

  return { load, loaded: () => data };
});

NM.define("data", ["load"], (load) => load.loaded());
