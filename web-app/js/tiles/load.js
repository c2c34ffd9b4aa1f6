// tiles/data.js -> the part "data": the map's square, its classes, and which tiles there are.
"use strict";

NM.define("load", ["trouble", "scripts", "check", "words"], ({ Trouble }, scripts, { isCount, isSize, isText, isGiven }, words) => {
  const VERSION = 1;
  const DEEPEST = 6;
  const MAX_CLASSES = 14;
  let data = null;

  function demand(condition, sentence) {
    if (!condition) throw new Trouble(words.tileData.then(sentence));
  }

  function classOf(entry, at) {
    demand(entry && isSize(entry.rows), words.tileData.classRows(at + 1));
    if (entry.missing === true) return { kind: "missing", title: words.missing, rows: entry.rows };
    if (isGiven(entry.other)) {
      demand(isCount(entry.other), words.tileData.others);
      return { kind: "other", title: words.other(entry.other), rows: entry.rows };
    }
    demand(isText(entry.name), words.tileData.className(at + 1));
    return { kind: "named", title: entry.name, rows: entry.rows };
  }

  // A list of numbers of tiles, each followed by its rows.
  function levelOf(list, level) {
    const size = 4 ** level;
    const isSound = Array.isArray(list) && list.length % 2 === 0
      && list.every((value, at) => (at % 2 ? isCount(value) : isSize(value) && value < size));
    demand(isSound, words.tileData.level(level));
    const tiles = new Map();
    for (let at = 0; at < list.length; at += 2) tiles.set(list[at], list[at + 1]);
    return tiles;
  }

  async function load() {
    const source = window.NEURAL_MANIFOLD_DATA;
    demand(scripts.dataTrouble !== "missing", words.tileData.missing);
    demand(scripts.dataTrouble === null && source && typeof source === "object", words.tileData.damaged);
    demand(source.schema === "neural-manifold-tiles", words.tileData.foreign);
    demand(source.version === VERSION, words.tileData.version(String(source.version), VERSION));
    const { title, rows, unplaced, extent, classes, peaks, kept, tiles, label } = source;
    demand(isText(title), words.tileData.title);
    demand(isCount(rows) && isSize(unplaced), words.tileData.rows);
    demand(Array.isArray(extent) && extent.length === 3 && extent.every(Number.isFinite) && extent[2] > 0, words.tileData.extent);
    demand(Array.isArray(classes) && classes.length <= MAX_CLASSES, words.tileData.classes(MAX_CLASSES));
    demand(Array.isArray(peaks) && peaks.length === DEEPEST + 1 && peaks.every(isSize), words.tileData.peaks);
    demand(isCount(kept) && isCount(source.isolation_steps), words.tileData.kept);
    demand(Array.isArray(tiles) && tiles.length === DEEPEST + 1, words.tileData.levels(DEEPEST + 1));
    const levels = tiles.map(levelOf);
    demand(levels[0].get(0) === rows, words.tileData.held(String(levels[0].get(0)), rows));
    const [x0, y0, side] = extent;
    data = {
      title, points: rows, unplaced, side, peaks, kept, levels, steps: source.isolation_steps, label: isText(label) ? label : null,
      classes: classes.map(classOf), maps: [{ frames: null, extent: { x0, x1: x0 + side, y0, y1: y0 + side } }],
    };
    const ofClasses = data.classes.reduce((sum, own) => sum + own.rows, 0);
    demand(classes.length === 0 || ofClasses === rows, words.tileData.ofClasses(ofClasses, rows));
    delete window.NEURAL_MANIFOLD_DATA;
  }

  return { load, loaded: () => data };
});

NM.define("data", ["load"], (load) => load.loaded());
