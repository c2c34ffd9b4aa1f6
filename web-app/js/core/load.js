// data.js -> the part "data": fields unpacked into typed arrays, maps and color modes dequantized.
"use strict";

NM.define("load", ["schema", "scripts"], (schema, scripts) => {
  let data = null;

  function fromBase64(text) {
    if (typeof Uint8Array.fromBase64 === "function") return Uint8Array.fromBase64(text);
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
  }

  async function inflate(bytes) {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  function halfToFloat(half) {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }

  // The browser's typed arrays have the machine's byte order, and every machine with a browser is little-endian.
  function view(bytes, type) {
    const { buffer, byteOffset, byteLength } = bytes;
    if (type === "u8") return bytes;
    const aligned = byteOffset % 4 === 0 ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
    const start = byteOffset % 4 === 0 ? byteOffset : 0;
    if (type === "u16") return new Uint16Array(aligned, start, byteLength / 2);
    if (type === "u32") return new Uint32Array(aligned, start, byteLength / 4);
    if (type === "f32") return new Float32Array(aligned, start, byteLength / 4);
    return Float32Array.from(new Uint16Array(aligned, start, byteLength / 2), halfToFloat);
  }

  async function unpack(name, field) {
    let bytes;
    try {
      bytes = fromBase64(field.data);
      if (field.encoding === "gzip") bytes = await inflate(bytes);
    } catch {
      schema.demand(false, `The field “${name}” in data.js is damaged.`);
    }
    schema.demand(bytes.length === field.bytes,
      `The field “${name}” in data.js holds ${bytes.length} bytes in place of ${field.bytes}.`);
    field.data = null; // the text is as large as the data, and is done with
    return view(bytes, field.type);
  }

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
    return { name: map.name, title: map.title, note, x, y, scores: map.scores || null, extent: extentOf(x, y) };
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
    const values = Float32Array.from(arrays[field], (stored) => offset + step * stored);
    return { key, title, ends, ramp, map, values };
  }

  // One code per item, -1 for an item without a class: the greatest number of the field's type stands for it.
  function labelsOf(stored, names) {
    const missing = 2 ** (8 * stored.BYTES_PER_ELEMENT) - 1;
    return Int32Array.from(stored, (code) => {
      schema.demand(code < names.length || code === missing, `data.js has the label ${code} and no class name for it.`);
      return code === missing ? -1 : code;
    });
  }

  async function load() {
    const source = window.NEURAL_MANIFOLD_DATA;
    schema.demand(scripts.dataTrouble !== "missing", "There is no data.js beside this page yet.");
    schema.demand(scripts.dataTrouble === null && source !== undefined, "data.js is damaged or was cut short.");
    schema.checkDocument(source);

    const { fields, points } = source;
    const names = Object.keys(fields);
    const unpacked = await Promise.all(names.map((name) => unpack(name, fields[name])));
    const arrays = Object.fromEntries(names.map((name, at) => [name, unpacked[at]]));
    const labels = arrays.labels && source.class_names.length > 0 ? labelsOf(arrays.labels, source.class_names) : null;
    const modes = source.modes.map((mode) => modeOf(mode, fields, arrays));
    data = {
      title: source.title, points, side: source.side || 0, latentSize: arrays.latents ? source.latent_size : 0,
      classNames: labels ? source.class_names : [], model: source.model || null,
      images: arrays.images || null, labels, index: arrays.index, errors: arrays.errors || null,
      latents: arrays.latents ? { stored: arrays.latents, offset: fields.latents.offset, step: fields.latents.step } : null,
      maps: source.maps.map((map) => mapOf(map, fields, arrays, points)), modes,
      decoder: source.decoder ? { layers: source.decoder.layers, arrays } : null,
    };
    delete window.NEURAL_MANIFOLD_DATA;
  }

  return { load, loaded: () => data };
});

NM.define("data", ["load"], (load) => load.loaded());
