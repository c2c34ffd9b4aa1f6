// What data.js must hold. The first thing that does not fit stops the page with one sentence.
"use strict";

NM.define("schema", ["trouble"], ({ Trouble }) => {
  const VERSION = 2;
  const BYTES = { u8: 1, u16: 2, u32: 4, f16: 2, f32: 4 };
  const RAMPS = ["sequential", "diverging"];
  const AGAIN = "Run `make run`, or export again from the notebook.";

  function demand(condition, sentence) {
    if (!condition) throw new Trouble(`${sentence} ${AGAIN}`);
  }

  const isCount = (value) => Number.isSafeInteger(value) && value > 0;
  const isText = (value) => typeof value === "string";
  const isGiven = (value) => value !== undefined && value !== null;
  const product = (shape) => shape.reduce((all, size) => all * size, 1);
  const sameShape = (a, b) => a.length === b.length && a.every((size, axis) => size === b[axis]);
  const own = (object, name) => (Object.prototype.hasOwnProperty.call(object, name) ? object[name] : undefined);

  function checkField(fields, name, types, shape, columns) {
    const field = own(fields, name);
    demand(field && typeof field === "object", `data.js lacks the field “${name}”.`);
    demand(types.includes(field.type), `The field “${name}” has the type “${field.type}” in place of ${types.join(" or ")}.`);
    demand(Array.isArray(field.shape) && field.shape.every(isCount), `The field “${name}” has no shape.`);
    demand(sameShape(field.shape, shape),
      `The field “${name}” has the shape [${field.shape}] in place of [${shape}].`);
    demand(field.encoding === "gzip" || field.encoding === "raw", `The field “${name}” has an unknown encoding.`);
    demand(isText(field.data), `The field “${name}” has no data.`);
    demand(field.bytes === product(shape) * BYTES[field.type],
      `The field “${name}” counts ${field.bytes} bytes in place of ${product(shape) * BYTES[field.type]}.`);
    if (columns > 0) {
      for (const part of ["offset", "step"]) {
        demand(Array.isArray(field[part]) && field[part].length === columns && field[part].every(Number.isFinite),
          `The field “${name}” needs ${columns} ${columns === 1 ? "number" : "numbers"} of ${part}.`);
      }
    }
    demand(field.encoding === "raw" || typeof DecompressionStream === "function", // the one check that is about the browser
      "This browser cannot unpack data.js. Open the page in a newer one, or export with compression off.");
  }

  function checkDocument(document) {
    demand(document && typeof document === "object", "data.js holds no data.");
    demand(document.schema === "neural-manifold", "data.js was not written by neural-manifold.");
    demand(document.version === VERSION,
      `data.js has version ${String(document.version)} of the format, and this page reads version ${VERSION}.`);
    const { points, fields, maps } = document;
    demand(isCount(points), "data.js has no count of points.");
    demand(isText(document.title), "data.js has no title.");
    demand(fields && typeof fields === "object", "data.js has no fields.");
    demand(Array.isArray(maps) && maps.length > 0, "data.js has no map.");
    checkField(fields, "index", ["u32"], [points], 0);
    if (fields.errors !== undefined) checkField(fields, "errors", ["f32"], [points], 0);
    checkItems(document);
    maps.forEach((map, at) => checkMap(map, at, document));
    checkModes(document);
  }

  // What is known of the items beside their places; each of it may be absent.
  function checkItems({ points, side, latent_size: latentSize, class_names: names, fields, decoder }) {
    if (isGiven(own(fields, "labels"))) {
      demand(Array.isArray(names) && names.every(isText), "data.js has labels and no class names.");
      checkField(fields, "labels", names.length <= 255 ? ["u8"] : ["u16", "u32"], [points], 0);
    }
    if (isGiven(own(fields, "latents")) || decoder) {
      demand(isCount(latentSize) && latentSize <= 4096, "data.js has no latent size that a page can show.");
      checkField(fields, "latents", ["u8", "u16"], [points, latentSize], latentSize);
    }
    if (isGiven(own(fields, "images")) || decoder) {
      demand(isCount(side) && side <= 1024, "data.js has no side of its images that a page can show.");
    }
    if (isGiven(own(fields, "images"))) checkField(fields, "images", ["u8"], [points, side, side], 0);
    if (decoder) checkDecoder(decoder, fields, latentSize, side);
  }

  function checkMap(map, at, { points, maps, fields }) {
    demand(map && isText(map.name) && isText(map.title) && isText(map.field), `Map ${at + 1} in data.js has no name, title or field.`);
    demand(maps.findIndex((other) => other.name === map.name) === at, `Two maps in data.js have the name “${map.name}”.`);
    checkField(fields, map.field, ["u16"], [points, 2], 2);
  }

  function checkModes({ points, maps, modes, fields }) {
    demand(Array.isArray(modes), "data.js has no list of color modes.");
    modes.forEach((mode, at) => {
      demand(mode && isText(mode.key) && isText(mode.title) && isText(mode.field), `Color mode ${at + 1} in data.js has no key, title or field.`);
      const bad = `The color mode “${mode.title}” in data.js`;
      demand(mode.key !== "" && !/^(class|none|latent:.*)$/.test(mode.key), `${bad} has the key “${mode.key}”, which the page keeps for itself.`);
      demand(mode.map === null || maps.some((map) => map.name === mode.map), `${bad} is of the map “${mode.map}”, which is not there.`);
      demand(modes.findIndex((other) => other.key === mode.key) === at, `${bad} has a key that another has, “${mode.key}”.`);
      demand(RAMPS.includes(mode.ramp), `${bad} has a ramp that this page does not know, “${mode.ramp}”.`);
      demand(Array.isArray(mode.ends) && mode.ends.length === 2 && mode.ends.every(isText),
        `${bad} needs a text for each of its two ends.`);
      checkField(fields, mode.field, ["u16"], [points], 1);
    });
  }

  // Follows the sizes through the layers, so that a decoder that starts also ends in an image.
  function checkDecoder(decoder, fields, latentSize, side) {
    demand(Array.isArray(decoder.layers) && decoder.layers.length > 0, "The decoder in data.js has no layers.");
    let shape = [latentSize];
    decoder.layers.forEach((layer, at) => {
      const bad = `Layer ${at + 1} of the decoder in data.js does not fit.`;
      const weights = (dims) => {
        demand(isText(layer.weight) && isText(layer.bias), bad);
        checkField(fields, layer.weight, ["f16", "f32"], dims, 0);
        checkField(fields, layer.bias, ["f16", "f32"], [layer.out], 0);
        demand(["none", "relu", "sigmoid"].includes(layer.activation), `${bad} Its activation is unknown.`);
      };
      demand(layer && isText(layer.kind), bad);
      if (layer.kind === "linear") {
        demand(product(shape) === layer.in && isCount(layer.out), bad);
        weights([layer.out, layer.in]);
        shape = [layer.out];
      } else if (layer.kind === "reshape") {
        demand(Array.isArray(layer.shape) && layer.shape.length === 3 && product(layer.shape) === product(shape), bad);
        shape = layer.shape;
      } else if (layer.kind === "upsample_nearest") {
        demand(shape.length === 3 && isCount(layer.factor), bad);
        shape = [shape[0], shape[1] * layer.factor, shape[2] * layer.factor];
      } else if (layer.kind === "conv2d" || layer.kind === "conv_transpose2d") {
        const { kernel, stride, padding } = layer;
        demand(shape.length === 3 && shape[0] === layer.in && [layer.out, kernel, stride].every(isCount) && padding >= 0, bad);
        const forward = layer.kind === "conv2d";
        weights(forward ? [layer.out, layer.in, kernel, kernel] : [layer.in, layer.out, kernel, kernel]);
        const size = (n) => (forward ? Math.floor((n + 2 * padding - kernel) / stride) + 1 : (n - 1) * stride - 2 * padding + kernel);
        shape = [layer.out, size(shape[1]), size(shape[2])];
        demand(shape.every(isCount) && product(shape) < 1 << 24, bad);
      } else {
        demand(false, `The decoder in data.js has a layer of a kind that this page cannot run, “${layer.kind}”.`);
      }
    });
    demand(product(shape) === side * side, "The decoder in data.js does not end in an image of the right side.");
  }

  return { checkDocument, demand };
});
