// data.js -> NM.data: fields unpacked into typed arrays, maps dequantised.
(function () {
  "use strict";
  const NM = window.NeuralManifold;

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
    } catch (cause) {
      NM.schema.demand(false, `The field “${name}” in data.js is damaged.`);
    }
    NM.schema.demand(bytes.length === field.bytes,
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
    return {
      name: map.name, title: map.title, note: typeof map.note === "string" ? map.note : "",
      x, y, scores: map.scores || null, extent: extentOf(x, y),
      trust: map.trust ? arrays[map.trust] : null,
      continuity: map.continuity ? arrays[map.continuity] : null,
    };
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

  async function load() {
    const source = window.NEURAL_MANIFOLD_DATA;
    NM.schema.demand(NM.scriptTrouble !== "missing", "There is no data.js beside this page yet.");
    NM.schema.demand(NM.scriptTrouble === null && source !== undefined, "data.js is damaged or was cut short.");
    NM.schema.checkDocument(source);

    const { fields, points } = source;
    const names = Object.keys(fields);
    const unpacked = await Promise.all(names.map((name) => unpack(name, fields[name])));
    const arrays = Object.fromEntries(names.map((name, at) => [name, unpacked[at]]));
    for (const label of arrays.labels) {
      NM.schema.demand(label < source.class_names.length, `data.js has the label ${label} and no class name for it.`);
    }
    NM.data = {
      title: source.title, points, side: source.side, latentSize: source.latent_size,
      classNames: source.class_names, model: source.model || null,
      images: arrays.images || null, labels: arrays.labels, index: arrays.index, errors: arrays.errors || null,
      latents: { stored: arrays.latents, offset: fields.latents.offset, step: fields.latents.step },
      maps: source.maps.map((map) => mapOf(map, fields, arrays, points)),
      decoder: source.decoder ? { layers: source.decoder.layers, arrays } : null,
    };
    window.NEURAL_MANIFOLD_DATA = undefined;
  }

  // One row of latents, as numbers.
  function latent(item) {
    const { latents, latentSize } = NM.data;
    const row = new Float64Array(latentSize);
    for (let j = 0; j < latentSize; j++) {
      row[j] = latents.offset[j] + latents.step[j] * latents.stored[item * latentSize + j];
    }
    return row;
  }

  Object.assign(NM, { load, latent });
})();
