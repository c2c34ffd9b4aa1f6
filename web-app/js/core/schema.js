// What data.js must hold.
"use strict";

NM.define("schema", ["check", "schema_columns", "schema_network", "words"],
  ({ demand, isCount, isText, isGiven, checkField }, { checkColumns }, { checkDecoder, checkEncoder }, words) => {
    const VERSION = 2;
    const RAMPS = ["sequential", "diverging"];

    function checkDocument(document) {
      demand(document && typeof document === "object", words.data.empty);
      demand(document.schema === "neural-manifold", words.data.foreign);
      demand(document.version === VERSION, words.data.version(String(document.version), VERSION));
      const { points, fields, maps, vectors, decoder, encoder } = document;
      demand(isCount(points), words.data.points);
      demand(isText(document.title), words.data.title);
      demand(fields && typeof fields === "object", words.data.fields);
      demand(Array.isArray(maps) && maps.length > 0, words.data.maps);
      checkField(fields, "index", ["u32"], [points]);
      if (fields.errors !== undefined) checkField(fields, "errors", ["f32"], [points]);
      if (isGiven(document.ids)) checkField(fields, document.ids, ["json"], [points]);
      checkColumns(document);
      demand(Array.isArray(vectors), words.data.vectors);
      vectors.forEach((set, at) => checkVectors(set, at, document));
      checkPictures(document);
      if (decoder) {
        demand(vectors.length > 0 && isGiven(vectors[0].field), words.data.decoder);
        checkDecoder(document);
      }
      if (encoder) {
        demand(vectors.length > 0 && isGiven(vectors[0].field), words.data.encoder);
        checkEncoder(document);
      }
      maps.forEach((map, at) => checkMap(map, at, document));
      checkModes(document);
    }

    // A set may be without its numbers, and without neighbors.
    function checkVectors(set, at, { points, fields, vectors }) {
      demand(set && isText(set.name), words.set.unnamed(at + 1));
      demand(vectors.findIndex((other) => other.name === set.name) === at, words.set.twice(set.name));
      demand(["latent", "given", "pixels"].includes(set.origin), words.set.origin(set.name));
      if (isGiven(set.field)) {
        demand(isCount(set.size) && set.size <= 4096, words.set.size(set.name));
        checkField(fields, set.field, ["u8", "u16"], [points, set.size], set.size);
      }
      if (!isGiven(set.neighbors)) return;
      const { k, field } = set.neighbors;
      demand(isCount(k) && k < Math.max(2, points), words.set.neighbors(set.name, String(k), points));
      checkField(fields, field, ["u16", "u32"], [points, k]);
    }

    function checkPictures({ points, side, channels, pictures, decoder, encoder, fields }) {
      if (!isGiven(pictures) && !decoder && !encoder) return;
      demand(isCount(side) && side <= 1024, words.data.side);
      demand(channels === 1 || channels === 3, words.data.channels);
      if (!isGiven(pictures)) return;
      demand(["raw", "jpeg"].includes(pictures.encoding), words.data.picturesEncoding(pictures.encoding));
      if (pictures.encoding === "raw") {
        demand(channels === 1, words.data.picturesColor);
        checkField(fields, pictures.field, ["u8"], [points, side, side]);
      } else {
        checkField(fields, pictures.header, ["u8"], [null]);
        checkField(fields, pictures.offsets, ["u32"], [points + 1]);
        checkField(fields, pictures.field, ["u8"], [null]);
      }
    }

    function checkMap(map, at, { points, maps, vectors, fields }) {
      demand(map && isText(map.name) && isText(map.title) && isText(map.field), words.maps.unnamed(at + 1));
      demand(maps.findIndex((other) => other.name === map.name) === at, words.maps.twice(map.name));
      demand(!isGiven(map.vectors) || map.vectors in vectors, words.maps.vectors(map.name));
      checkField(fields, map.field, ["u16"], [points, 2], 2);
      if (!isGiven(map.frames)) return;
      const { names, field } = map.frames;
      demand(Array.isArray(names) && names.length > 1 && names.every(isText), words.maps.frames(map.name));
      checkField(fields, field, ["u16"], [names.length - 1, points, 2], 2); // the last is the map
    }

    function checkModes({ points, maps, modes, fields }) {
      demand(Array.isArray(modes), words.data.modes);
      modes.forEach((mode, at) => {
        demand(mode && isText(mode.key) && isText(mode.title) && isText(mode.field), words.mode.unnamed(at + 1));
        const own = mode.key === "" || /^(class|none|latent:.*|column:.*)$/s.test(mode.key);
        demand(!own, words.mode.own(mode.title, mode.key));
        demand(mode.map === null || maps.some((map) => map.name === mode.map), words.mode.map(mode.title, mode.map));
        demand(modes.findIndex((other) => other.key === mode.key) === at, words.mode.twice(mode.title, mode.key));
        demand(RAMPS.includes(mode.ramp), words.mode.ramp(mode.title, mode.ramp));
        demand(Array.isArray(mode.ends) && mode.ends.length === 2 && mode.ends.every(isText), words.mode.ends(mode.title));
        checkField(fields, mode.field, ["u16"], [points], 1);
      });
    }

    return { checkDocument };
  });
