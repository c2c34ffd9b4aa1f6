// How the parts of data.js are checked: the first thing that does not fit stops the page with one sentence.
"use strict";

NM.define("check", ["trouble", "words"], ({ Trouble }, words) => {
  const BYTES = { u8: 1, u16: 2, u32: 4, f16: 2, f32: 4, f64: 8, json: NaN };

  function demand(condition, sentence) {
    if (!condition) throw new Trouble(words.data.then(sentence));
  }

  const isCount = (value) => Number.isSafeInteger(value) && value > 0;
  const isSize = (value) => Number.isSafeInteger(value) && value >= 0;
  const isText = (value) => typeof value === "string";
  const isGiven = (value) => value !== undefined && value !== null;
  const product = (shape) => shape.reduce((all, size) => all * size, 1);
  const sameShape = (a, b) => a.length === b.length && a.every((size, axis) => size === b[axis]);
  const own = (object, name) => (Object.prototype.hasOwnProperty.call(object, name) ? object[name] : undefined);

  // A size of null is whatever the field says.
  function checkField(fields, name, types, shape, columns = 0) {
    const field = own(fields, name);
    demand(field && typeof field === "object", words.field.lacks(name));
    shape = shape.map((size, axis) => (size === null ? field.shape?.[axis] : size));
    demand(types.includes(field.type), words.field.type(name, field.type, types));
    demand(Array.isArray(field.shape) && field.shape.every(isSize), words.field.noShape(name));
    demand(sameShape(field.shape, shape), words.field.shape(name, field.shape, shape));
    demand(field.encoding === "gzip" || field.encoding === "raw", words.field.encoding(name));
    demand(isText(field.data) || field.data === null, words.field.noData(name)); // null: another file holds it
    // A list of texts has as many bytes as it has; how many it is, is seen when it is read.
    const bytes = field.type === "json" && isSize(field.bytes) ? field.bytes : product(shape) * BYTES[field.type];
    demand(field.bytes === bytes, words.field.bytes(name, field.bytes, bytes));
    if (columns > 0) {
      for (const part of ["offset", "step"]) {
        demand(Array.isArray(field[part]) && field[part].length === columns && field[part].every(Number.isFinite),
          words.field.parts(name, columns, part));
      }
    }
    demand(field.encoding === "raw" || typeof DecompressionStream === "function", // the one check that is about the browser
      words.data.old);
  }

  return { demand, isCount, isSize, isText, isGiven, product, own, checkField };
});
