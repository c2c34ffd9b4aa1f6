// The columns of data.js as the page uses them; each says what is missing and is held to it.
"use strict";

NM.define("load_columns", ["check", "unpack"], ({ demand }, { unpackTexts }) => {
  const DAY = 86400;

  // One code per item, -1 for an item without a level: the greatest number of the field's type stands for it.
  function codesOf(stored, n, bad) {
    const none = 2 ** (8 * stored.BYTES_PER_ELEMENT) - 1;
    return Int32Array.from(stored, (code) => {
      demand(code < n || code === none, `${bad} has the code ${code} and no name for it.`);
      return code === none ? -1 : code;
    });
  }

  const count = (values, accept) => values.reduce((sum, value) => sum + (accept(value) ? 1 : 0), 0);

  function ofCodes(stored, levels, bad) {
    const codes = codesOf(stored, levels.length, bad);
    return { levels, codes, found: count(codes, (code) => code < 0) };
  }

  function ofNumbers(values, bad) {
    demand(values.every((value) => Number.isNaN(value) || Number.isFinite(value)), `${bad} holds an infinite number.`);
    return { values, found: count(values, Number.isNaN) };
  }

  // Item i has the codes from offsets[i] to offsets[i + 1]; one without a value has -1 alone.
  function ofTags(stored, offsets, levels, bad) {
    const codes = codesOf(stored, levels.length, bad);
    const isRising = offsets[0] === 0 && offsets.every((end, at) => at === 0 || end >= offsets[at - 1]);
    demand(isRising && offsets[offsets.length - 1] === codes.length, `${bad} does not say whose its tags are.`);
    return { levels, codes, offsets, found: count(codes, (code) => code < 0) };
  }

  // Read once, when it is first asked for; a text that lies is found then.
  function ofTexts(name, field, missing, bad) {
    let texts = null;
    return async () => {
      texts = texts || unpackTexts(name, field).then((all) => {
        const found = count(all, (text) => text === null);
        demand(found === missing, `${bad} says that ${missing} of its values are missing, and ${found} are.`);
        return all;
      });
      return texts;
    };
  }

  function columnOf({ name, kind, missing, levels, unit, offsets, field }, fields, arrays) {
    const bad = `The column “${name}” in data.js`;
    if (kind === "text") return { name, kind, missing, texts: ofTexts(field, fields[field], missing, bad) };
    const stored = arrays[field];
    let read = null;
    if (kind === "category") read = ofCodes(stored, levels, bad);
    else if (kind === "bool") read = ofCodes(stored, ["no", "yes"], bad);
    else if (kind === "tags") read = ofTags(stored, arrays[offsets], levels, bad);
    else if (kind === "date" && unit === "days") read = ofNumbers(Float64Array.from(stored, (day) => day * DAY), bad);
    else read = ofNumbers(stored, bad);
    const { found, ...values } = read;
    demand(found === missing, `${bad} says that ${missing} of its values are missing, and ${found} are.`);
    return { name, kind, missing, days: unit === "days", ...values };
  }

  return { columnOf };
});
