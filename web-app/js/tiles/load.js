// tiles/data.js -> the part "data": the map's square, its classes, and which tiles there are.
"use strict";

NM.define("load", ["trouble", "scripts", "check"], ({ Trouble }, scripts, { isCount, isSize, isText, isGiven }) => {
  const VERSION = 1;
  const DEEPEST = 6;
  const MAX_CLASSES = 14;
  let data = null;

  function demand(condition, sentence) {
    if (!condition) throw new Trouble(`${sentence} Make the tiles again.`);
  }

  function classOf(entry, at) {
    demand(entry && isSize(entry.rows), `The class ${at + 1} in tiles/data.js has no count of rows.`);
    if (entry.missing === true) return { kind: "missing", title: "missing", rows: entry.rows };
    if (isGiven(entry.other)) {
      demand(isCount(entry.other), "tiles/data.js does not count its other classes.");
      return { kind: "other", title: `other (${entry.other})`, rows: entry.rows };
    }
    demand(isText(entry.name), `The class ${at + 1} in tiles/data.js has no name.`);
    return { kind: "named", title: entry.name, rows: entry.rows };
  }

  // A list of numbers of tiles, each followed by its rows.
  function levelOf(list, level) {
    const size = 4 ** level;
    const isSound = Array.isArray(list) && list.length % 2 === 0
      && list.every((value, at) => (at % 2 ? isCount(value) : isSize(value) && value < size));
    demand(isSound, `The list of tiles of level ${level} in tiles/data.js is damaged.`);
    const tiles = new Map();
    for (let at = 0; at < list.length; at += 2) tiles.set(list[at], list[at + 1]);
    return tiles;
  }

  async function load() {
    const source = window.NEURAL_MANIFOLD_DATA;
    demand(scripts.dataTrouble !== "missing", "There is no tiles/data.js beside this page: its tiles were not made, or not to the end.");
    demand(scripts.dataTrouble === null && source && typeof source === "object", "tiles/data.js is damaged or was cut short.");
    demand(source.schema === "neural-manifold-tiles", "tiles/data.js was not written by a maker of tiles.");
    demand(source.version === VERSION,
      `tiles/data.js has version ${String(source.version)} of the format, and this page reads version ${VERSION}.`);
    const { title, rows, unplaced, extent, classes, peaks, kept, tiles, label } = source;
    demand(isText(title), "tiles/data.js has no title.");
    demand(isCount(rows) && isSize(unplaced), "tiles/data.js has no count of rows.");
    demand(Array.isArray(extent) && extent.length === 3 && extent.every(Number.isFinite) && extent[2] > 0, "tiles/data.js does not say where the map lies.");
    demand(Array.isArray(classes) && classes.length <= MAX_CLASSES, `tiles/data.js has no list of at most ${MAX_CLASSES} classes.`);
    demand(Array.isArray(peaks) && peaks.length === DEEPEST + 1 && peaks.every(isSize), "tiles/data.js has no highest count per level.");
    demand(isCount(kept) && isCount(source.isolation_steps), "tiles/data.js does not say what its tiles keep.");
    demand(Array.isArray(tiles) && tiles.length === DEEPEST + 1, `tiles/data.js has no tiles of ${DEEPEST + 1} levels.`);
    const levels = tiles.map(levelOf);
    demand(levels[0].get(0) === rows, `The tiles of tiles/data.js hold ${String(levels[0].get(0))} rows in place of ${rows}.`);
    const [x0, y0, side] = extent;
    data = {
      title, points: rows, unplaced, side, peaks, kept, levels, steps: source.isolation_steps, label: isText(label) ? label : null,
      classes: classes.map(classOf), maps: [{ extent: { x0, x1: x0 + side, y0, y1: y0 + side } }],
    };
    const ofClasses = data.classes.reduce((sum, own) => sum + own.rows, 0);
    demand(classes.length === 0 || ofClasses === rows, `The classes in tiles/data.js have ${ofClasses} rows in place of ${rows}.`);
    delete window.NEURAL_MANIFOLD_DATA;
  }

  return { load, loaded: () => data };
});

NM.define("data", ["load"], (load) => load.loaded());
