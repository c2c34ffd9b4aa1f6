// The values of columns as text.
"use strict";

NM.define("columns", ["text"], (text) => {
  const LARGE = 1e21; // beyond it a number is written with an exponent

  function number(value) {
    if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= LARGE)) return text.scientific(value);
    return text.significant(value);
  }

  // Days without a time have none; times are told to the minute, or to the second where that says more.
  function date({ days }, seconds) {
    const when = new Date(seconds * 1000);
    if (Number.isNaN(when.getTime())) return "";
    const iso = when.toISOString();
    if (days) return iso.slice(0, iso.indexOf("T"));
    return iso.replace("T", " ").replace(/(:00)?\.\d+Z$/, "");
  }

  function tags(column, item) {
    const codes = column.codes.subarray(column.offsets[item], column.offsets[item + 1]);
    return codes.length === 1 && codes[0] < 0 ? null : Array.from(codes, (code) => column.levels[code]);
  }

  const level = (column, item) => (column.codes[item] < 0 ? null : column.levels[column.codes[item]]);

  // An item's value as it goes into a file; null where it is missing. `texts`: those of a column of text, which were read.
  function plain(column, item, texts = null) {
    if (column.kind === "text") return texts[item];
    if (column.kind === "tags") return tags(column, item);
    if (column.kind === "bool" && column.codes[item] >= 0) return column.codes[item] === 1; // in no language
    if (column.levels) return level(column, item);
    const value = column.values[item];
    if (Number.isNaN(value)) return null;
    return column.kind === "date" ? date(column, value) : value;
  }

  // A value of a column of numbers or dates, for a reader.
  function written(column, value) {
    if (column.kind === "date") return date(column, value);
    return column.kind === "integer" ? text.count(value) : number(value);
  }

  // An item's value for a reader; "" where it is missing.
  function shown(column, item, texts = null) {
    if (column.values) return Number.isNaN(column.values[item]) ? "" : written(column, column.values[item]);
    const value = column.kind === "bool" ? level(column, item) : plain(column, item, texts);
    if (value === null) return "";
    return column.kind === "tags" ? value.join(" · ") : value;
  }

  // How the values of a column are written on its ramp.
  function formatter(column, low, high) {
    if (column.kind === "date") return (value) => date(column, value);
    if (column.kind === "integer" && Math.abs(low) < LARGE && Math.abs(high) < LARGE) return text.count;
    return text.withinRange(low, high);
  }

  return { plain, written, shown, formatter };
});
