// What data.js must hold.
"use strict";

NM.define("schema", ["check", "schema_columns", "schema_network"],
  ({ demand, isCount, isText, isGiven, checkField }, { checkColumns }, { checkDecoder, checkEncoder }) => {
    const VERSION = 2;
    const RAMPS = ["sequential", "diverging"];

    function checkDocument(document) {
      demand(document && typeof document === "object", "data.js holds no data.");
      demand(document.schema === "neural-manifold", "data.js was not written by neural-manifold.");
      demand(document.version === VERSION,
        `data.js has version ${String(document.version)} of the format, and this page reads version ${VERSION}.`);
      const { points, fields, maps, vectors, decoder, encoder } = document;
      demand(isCount(points), "data.js has no count of points.");
      demand(isText(document.title), "data.js has no title.");
      demand(fields && typeof fields === "object", "data.js has no fields.");
      demand(Array.isArray(maps) && maps.length > 0, "data.js has no map.");
      checkField(fields, "index", ["u32"], [points]);
      if (fields.errors !== undefined) checkField(fields, "errors", ["f32"], [points]);
      if (isGiven(document.ids)) checkField(fields, document.ids, ["json"], [points]);
      checkColumns(document);
      demand(Array.isArray(vectors), "data.js has no list of vectors.");
      vectors.forEach((set, at) => checkVectors(set, at, document));
      checkPictures(document);
      if (decoder) {
        demand(vectors.length > 0 && isGiven(vectors[0].field), "data.js has a decoder and no vectors that it could decode.");
        checkDecoder(document);
      }
      if (encoder) {
        demand(vectors.length > 0 && isGiven(vectors[0].field), "data.js has an encoder and no vectors that it could join.");
        checkEncoder(document);
      }
      maps.forEach((map, at) => checkMap(map, at, document));
      checkModes(document);
    }

    // A set may be without its numbers, and without neighbors.
    function checkVectors(set, at, { points, fields, vectors }) {
      demand(set && isText(set.name), `The set of vectors ${at + 1} in data.js has no name.`);
      demand(vectors.findIndex((other) => other.name === set.name) === at, `Two sets of vectors in data.js have the name “${set.name}”.`);
      const bad = `The vectors “${set.name}” in data.js`;
      demand(["latent", "given", "pixels"].includes(set.origin), `${bad} have an unknown origin.`);
      if (isGiven(set.field)) {
        demand(isCount(set.size) && set.size <= 4096, `${bad} have no size that a page can show.`);
        checkField(fields, set.field, ["u8", "u16"], [points, set.size], set.size);
      }
      if (!isGiven(set.neighbors)) return;
      const { k, field } = set.neighbors;
      demand(isCount(k) && k < Math.max(2, points), `${bad} have ${String(k)} neighbors per point, of ${points} points.`);
      checkField(fields, field, ["u16", "u32"], [points, k]);
    }

    function checkPictures({ points, side, channels, pictures, decoder, encoder, fields }) {
      if (!isGiven(pictures) && !decoder && !encoder) return;
      demand(isCount(side) && side <= 1024, "data.js has no side of its images that a page can show.");
      demand(channels === 1 || channels === 3, "data.js has no count of channels that a page can show.");
      if (!isGiven(pictures)) return;
      demand(["raw", "jpeg"].includes(pictures.encoding), `data.js has pictures of an unknown encoding, “${pictures.encoding}”.`);
      if (pictures.encoding === "raw") {
        demand(channels === 1, "data.js has pictures in color that are not packed.");
        checkField(fields, pictures.field, ["u8"], [points, side, side]);
      } else {
        checkField(fields, pictures.header, ["u8"], [null]);
        checkField(fields, pictures.offsets, ["u32"], [points + 1]);
        checkField(fields, pictures.field, ["u8"], [null]);
      }
    }

    function checkMap(map, at, { points, maps, vectors, fields }) {
      demand(map && isText(map.name) && isText(map.title) && isText(map.field), `Map ${at + 1} in data.js has no name, title or field.`);
      demand(maps.findIndex((other) => other.name === map.name) === at, `Two maps in data.js have the name “${map.name}”.`);
      demand(!isGiven(map.vectors) || map.vectors in vectors, `The map “${map.name}” in data.js is of vectors that are not there.`);
      checkField(fields, map.field, ["u16"], [points, 2], 2);
    }

    function checkModes({ points, maps, modes, fields }) {
      demand(Array.isArray(modes), "data.js has no list of color modes.");
      modes.forEach((mode, at) => {
        demand(mode && isText(mode.key) && isText(mode.title) && isText(mode.field), `Color mode ${at + 1} in data.js has no key, title or field.`);
        const bad = `The color mode “${mode.title}” in data.js`;
        const own = mode.key === "" || /^(class|none|latent:.*|column:.*)$/s.test(mode.key);
        demand(!own, `${bad} has the key “${mode.key}”, which the page keeps for itself.`);
        demand(mode.map === null || maps.some((map) => map.name === mode.map), `${bad} is of the map “${mode.map}”, which is not there.`);
        demand(modes.findIndex((other) => other.key === mode.key) === at, `${bad} has a key that another has, “${mode.key}”.`);
        demand(RAMPS.includes(mode.ramp), `${bad} has a ramp that this page does not know, “${mode.ramp}”.`);
        demand(Array.isArray(mode.ends) && mode.ends.length === 2 && mode.ends.every(isText),
          `${bad} needs a text for each of its two ends.`);
        checkField(fields, mode.field, ["u16"], [points], 1);
      });
    }

    return { checkDocument };
  });
