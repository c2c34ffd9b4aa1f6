// The columns of data.js as the page uses them; each says what is missing and is held to it.
"use strict";

NM.define("load_columns", ["check", "unpack", "words"], ({ demand }, { unpackTexts }, words) => {
  const DAY = 86400;

  // One code per item, -1 for an item without a level: the greatest number of the field's type stands for it.
  function codesOf(stored, n, name) {
    const none = 2 ** (8 * stored.BYTES_PER_ELEMENT) - 1;
    const codes = new Int32Array(stored.length);
    for (let at = 0; at < codes.length; at++) {
      const code = stored[at];
      if (code >= n && code !== none) demand(false, words.column.code(name, code));
      codes[at] = code === none ? -1 : code;
    }
    return codes;
  }

  function count(values, accept) {
    let sum = 0;
    for (let at = 0; at < values.length; at++) if (accept(values[at])) sum++;
    return sum;
  }

  function ofCodes(stored, levels, name) {
    const codes = codesOf(stored, levels.length, name);
    return { levels, codes, found: count(codes, (code) => code < 0) };
  }

  function ofNumbers(values, name) {
    let found = 0;
    for (let at = 0; at < values.length; at++) {
      const value = values[at];
      if (Number.isNaN(value)) found++;
      else if (value - value !== 0) demand(false, words.column.infinite(name));
    }
    return { values, found };
  }

  function secondsOf(days) {
    const seconds = new Float64Array(days.length);
    for (let at = 0; at < seconds.length; at++) seconds[at] = days[at] * DAY;
    return seconds;
  }

  // Item i has the codes from offsets[i] to offsets[i + 1]; one without a value has -1 alone.
  function ofTags(stored, offsets, levels, name) {
    const codes = codesOf(stored, levels.length, name);
    const isRising = offsets[0] === 0 && offsets.every((end, at) => at === 0 || end >= offsets[at - 1]);
    demand(isRising && offsets[offsets.length - 1] === codes.length, words.column.tags(name));
    return { levels, codes, offsets, found: count(codes, (code) => code < 0) };
  }

  // Read once, when it is first asked for; a text that lies is found then.
  function ofTexts(name, fieldName, field, missing) {
    let texts = null;
    return async () => {
      texts = texts || unpackTexts(fieldName, field).then((all) => {
        const found = count(all, (text) => text === null);
        demand(found === missing, words.column.miscounted(name, missing, found));
        return all;
      });
      return texts;
    };
  }

  function columnOf({ name, kind, missing, levels, unit, offsets, field }, fields, arrays) {
    if (kind === "text") return { name, kind, missing, texts: ofTexts(name, field, fields[field], missing) };
    const stored = arrays[field];
    let read = null;
    if (kind === "category") read = ofCodes(stored, levels, name);
    else if (kind === "bool") read = ofCodes(stored, [words.no, words.yes], name);
    else if (kind === "tags") read = ofTags(stored, arrays[offsets], levels, name);
    else if (kind === "date" && unit === "days") read = ofNumbers(secondsOf(stored), name);
    else read = ofNumbers(stored, name);
    const { found, ...values } = read;
    demand(found === missing, words.column.miscounted(name, missing, found));
    return { name, kind, missing, days: unit === "days", ...values };
  }

  return { columnOf };
});
