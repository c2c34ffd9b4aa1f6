// How the parts of data.js are checked: the first thing that does not fit stops the page with one sentence.
"use strict";

NM.define("check", ["trouble"], ({ Trouble }) => {
  const BYTES = { u8: 1, u16: 2, u32: 4, f16: 2, f32: 4, f64: 8, json: NaN };
  const AGAIN = "Run `make run`, or export again from the notebook.";

  function demand(condition, sentence) {
    if (!condition) throw new Trouble(`${sentence} ${AGAIN}`);
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
    demand(field && typeof field === "object", `data.js lacks the field “${name}”.`);
    shape = shape.map((size, axis) => (size === null ? field.shape?.[axis] : size));
    demand(types.includes(field.type), `The field “${name}” has the type “${field.type}” in place of ${types.join(" or ")}.`);
    demand(Array.isArray(field.shape) && field.shape.every(isSize), `The field “${name}” has no shape.`);
    demand(sameShape(field.shape, shape),
      `The field “${name}” has the shape [${field.shape}] in place of [${shape}].`);
    demand(field.encoding === "gzip" || field.encoding === "raw", `The field “${name}” has an unknown encoding.`);
    demand(isText(field.data), `The field “${name}” has no data.`);
    // A list of texts has as many bytes as it has; how many it is, is seen when it is read.
    const bytes = field.type === "json" && isSize(field.bytes) ? field.bytes : product(shape) * BYTES[field.type];
    demand(field.bytes === bytes, `The field “${name}” counts ${field.bytes} bytes in place of ${bytes}.`);
    if (columns > 0) {
      for (const part of ["offset", "step"]) {
        demand(Array.isArray(field[part]) && field[part].length === columns && field[part].every(Number.isFinite),
          `The field “${name}” needs ${columns} ${columns === 1 ? "number" : "numbers"} of ${part}.`);
      }
    }
    demand(field.encoding === "raw" || typeof DecompressionStream === "function", // the one check that is about the browser
      "This browser cannot unpack data.js. Open the page in a newer one, or export with compression off.");
  }

  return { demand, isCount, isSize, isText, isGiven, product, own, checkField };
});
