// From the text of a field to a typed array, or to a list of texts.
"use strict";

NM.define("unpack", ["check", "words"], ({ demand }, words) => {
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

  async function bytesOf(encoding, text) {
    const bytes = fromBase64(text);
    return encoding === "gzip" ? inflate(bytes) : bytes;
  }

  const unpackText = async (encoding, text) => new TextDecoder().decode(await bytesOf(encoding, text));

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
    if (type === "u8" || type === "json") return bytes;
    const aligned = byteOffset % 8 === 0 ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
    const start = byteOffset % 8 === 0 ? byteOffset : 0;
    if (type === "u16") return new Uint16Array(aligned, start, byteLength / 2);
    if (type === "u32") return new Uint32Array(aligned, start, byteLength / 4);
    if (type === "f64") return new Float64Array(aligned, start, byteLength / 8);
    if (type === "f32") return new Float32Array(aligned, start, byteLength / 4);
    return Float32Array.from(new Uint16Array(aligned, start, byteLength / 2), halfToFloat);
  }

  // A field's bytes as the typed array that its type says.
  async function unpack(name, field) {
    let bytes;
    try {
      bytes = await bytesOf(field.encoding, field.data);
    } catch {
      demand(false, words.field.damaged(name));
    }
    demand(bytes.length === field.bytes, words.field.holds(name, bytes.length, field.bytes));
    field.data = null; // the text is as large as the data, and is done with
    return view(bytes, field.type);
  }

  // A list of texts, null where one is missing.
  async function unpackTexts(name, field) {
    const bytes = await unpack(name, field);
    let texts = null;
    try {
      texts = JSON.parse(new TextDecoder().decode(bytes));
    } catch { /* said below */ }
    const isList = Array.isArray(texts) && texts.every((text) => text === null || typeof text === "string");
    demand(isList, words.field.noTexts(name));
    demand(texts.length === field.shape[0], words.field.texts(name, texts.length, field.shape[0]));
    return texts;
  }

  return { bytesOf, unpack, unpackText, unpackTexts };
});
