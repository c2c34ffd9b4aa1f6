// One tile: what its script holds, unpacked and checked; and parts of one that holds all its rows.
"use strict";

NM.define("tile", ["data", "unpack", "check"], (data, { bytesOf }, { isSize }) => {
  const BYTES_PER_CELL = 4 + 2 + 1 + 1;
  const BYTES_PER_POINT = 2 + 2 + 1 + 1;
  const nameOf = (level, number) => `${level}-${number % 2 ** level}-${Math.floor(number / 2 ** level)}`;

  // The part of the map that a tile is of.
  function squareOf(level, number) {
    const { x0, y0 } = data.maps[0].extent;
    const side = data.side / 2 ** level;
    return { x0: x0 + side * (number % 2 ** level), y0: y0 + side * Math.floor(number / 2 ** level), side };
  }

  function textsOf(bytes, count) {
    const ids = JSON.parse(new TextDecoder().decode(bytes));
    if (!Array.isArray(ids) || ids.length !== count || !ids.every((id) => typeof id === "string")) throw new Error("ids");
    return ids;
  }

  // Fails where anything does not fit; which of it, no reader of the page could mend.
  async function read(level, number, said) {
    if (!said || !isSize(said.cells) || !isSize(said.points) || typeof said.data !== "string") throw new Error("counts");
    const bytes = await bytesOf("gzip", said.data);
    const { cells, points } = said;
    if (bytes.length < cells * BYTES_PER_CELL + points * BYTES_PER_POINT) throw new Error("length");
    let at = 0;
    const next = (Kind, count) => {
      const part = bytes.slice(at, at + count * Kind.BYTES_PER_ELEMENT);
      at += part.length;
      return new Kind(part.buffer);
    };
    // In the order in which they lie in the file.
    const counts = next(Uint32Array, cells);
    const cell = next(Uint16Array, cells);
    const [x, y] = [next(Uint16Array, points), next(Uint16Array, points)];
    const [classes, isolation] = [next(Uint8Array, cells), next(Uint8Array, cells)];
    const [classOf, isolationOf] = [next(Uint8Array, points), next(Uint8Array, points)];
    const square = squareOf(level, number);
    const rows = counts.reduce((sum, count) => sum + count, 0);
    const highest = Math.max(1, data.classes.length);
    if (rows !== data.levels[level].get(number)) throw new Error("rows");
    if (classes.some((code) => code >= highest) || classOf.some((code) => code >= highest)) throw new Error("classes");
    // A place is the lower corner of a square in which the row lies.
    const unit = square.side / 65536;
    return {
      level, number, square, rows, counts, cell, classes, isolation,
      points: {
        x: Float64Array.from(x, (value) => square.x0 + (value + 0.5) * unit),
        y: Float64Array.from(y, (value) => square.y0 + (value + 0.5) * unit),
        classes: classOf, isolation: isolationOf, ids: textsOf(bytes.subarray(at), points),
      },
    };
  }

  const parts = new WeakMap(); // tile -> {name of a part: the part}

  // A part of a tile that keeps all its rows, as a tile of a deeper level would be.
  function partOf(whole, level, number) {
    const made = parts.get(whole) ?? {};
    parts.set(whole, made);
    const name = nameOf(level, number);
    made[name] ??= cut(whole, level, number);
    return made[name];
  }

  function cut({ points }, level, number) {
    const square = squareOf(level, number);
    const unit = square.side / 256;
    const rows = new Map(); // cell and class -> {count, isolation}
    for (let at = 0; at < points.x.length; at++) {
      const [x, y] = [Math.floor((points.x[at] - square.x0) / unit), Math.floor((points.y[at] - square.y0) / unit)];
      if (x < 0 || x > 255 || y < 0 || y > 255) continue;
      const key = (y * 256 + x) * 256 + points.classes[at];
      const sum = rows.get(key) ?? { count: 0, isolation: 0 };
      rows.set(key, { count: sum.count + 1, isolation: sum.isolation + points.isolation[at] });
    }
    const keys = [...rows.keys()].sort((a, b) => a - b);
    const values = keys.map((key) => rows.get(key));
    return {
      level, number, square,
      rows: values.reduce((sum, { count }) => sum + count, 0),
      counts: Uint32Array.from(values, ({ count }) => count),
      cell: Uint16Array.from(keys, (key) => key >> 8),
      classes: Uint8Array.from(keys, (key) => key & 255),
      isolation: Uint8Array.from(values, ({ count, isolation }) => Math.round(isolation / count)),
    };
  }

  return { nameOf, squareOf, read, partOf };
});
