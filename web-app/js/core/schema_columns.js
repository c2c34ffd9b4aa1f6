// The columns in data.js.
"use strict";

NM.define("schema_columns", ["check", "words"], ({ demand, isSize, isText, isGiven, checkField }, words) => {
  // The types that hold a code for each level and one more, which is missing.
  const codeTypes = (levels) => (levels.length <= 255 ? ["u8", "u16", "u32"] : levels.length <= 65535 ? ["u16", "u32"] : ["u32"]);

  const KINDS = {
    category({ name, levels, field }, points, fields) {
      demand(Array.isArray(levels) && levels.every(isText), words.column.levels(name));
      checkField(fields, field, codeTypes(levels), [points]);
    },
    number: ({ field }, points, fields) => checkField(fields, field, ["f32", "f64"], [points]),
    integer: ({ field }, points, fields) => checkField(fields, field, ["f32", "f64"], [points]),
    bool: ({ field }, points, fields) => checkField(fields, field, ["u8"], [points]),
    date({ name, unit, field }, points, fields) {
      demand(unit === "days" || unit === "seconds", words.column.unit(name, unit));
      checkField(fields, field, ["f32", "f64"], [points]);
    },
    text: ({ field }, points, fields) => checkField(fields, field, ["json"], [points]),
    tags({ name, levels, offsets, field }, points, fields) {
      demand(Array.isArray(levels) && levels.every(isText), words.column.levels(name));
      checkField(fields, offsets, ["u32"], [points + 1]);
      checkField(fields, field, codeTypes(levels), [null]);
    },
  };

  function checkColumns({ points, columns, label, text, titles, clusters, fields }) {
    demand(Array.isArray(columns), words.data.columns);
    columns.forEach((column, at) => {
      demand(column && isText(column.name), words.column.unnamed(at + 1));
      demand(columns.findIndex((other) => other.name === column.name) === at, words.column.twice(column.name));
      demand(Object.keys(KINDS).includes(column.kind), words.column.kind(column.name, column.kind));
      demand(isSize(column.missing) && column.missing <= points, words.column.missing(column.name));
      KINDS[column.kind](column, points, fields);
    });
    const isOfKind = (place, kind) => !isGiven(place) || (place in columns && columns[place].kind === kind);
    demand(isOfKind(label, "category"), words.column.label);
    demand(isOfKind(clusters, "category"), words.column.clusters);
    demand(isOfKind(text, "text"), words.column.text);
    demand(isOfKind(titles, "text"), words.column.titles);
  }

  return { checkColumns };
});
