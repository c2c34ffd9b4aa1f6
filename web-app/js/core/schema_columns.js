// The columns in data.js.
"use strict";

NM.define("schema_columns", ["check"], ({ demand, isSize, isText, isGiven, checkField }) => {
  // The types that hold a code for each level and one more, which is missing.
  const codeTypes = (levels) => (levels.length <= 255 ? ["u8", "u16", "u32"] : levels.length <= 65535 ? ["u16", "u32"] : ["u32"]);

  const KINDS = {
    category({ levels, field }, points, fields, bad) {
      demand(Array.isArray(levels) && levels.every(isText), `${bad} has no list of its levels.`);
      checkField(fields, field, codeTypes(levels), [points]);
    },
    number: ({ field }, points, fields) => checkField(fields, field, ["f32", "f64"], [points]),
    integer: ({ field }, points, fields) => checkField(fields, field, ["f32", "f64"], [points]),
    bool: ({ field }, points, fields) => checkField(fields, field, ["u8"], [points]),
    date({ unit, field }, points, fields, bad) {
      demand(unit === "days" || unit === "seconds", `${bad} counts its dates in an unknown unit, “${unit}”.`);
      checkField(fields, field, ["f32", "f64"], [points]);
    },
    text: ({ field }, points, fields) => checkField(fields, field, ["json"], [points]),
    tags({ levels, offsets, field }, points, fields, bad) {
      demand(Array.isArray(levels) && levels.every(isText), `${bad} has no list of its levels.`);
      checkField(fields, offsets, ["u32"], [points + 1]);
      checkField(fields, field, codeTypes(levels), [null]);
    },
  };

  function checkColumns({ points, columns, label, text, clusters, fields }) {
    demand(Array.isArray(columns), "data.js has no list of columns.");
    columns.forEach((column, at) => {
      demand(column && isText(column.name), `Column ${at + 1} in data.js has no name.`);
      demand(columns.findIndex((other) => other.name === column.name) === at, `Two columns in data.js have the name “${column.name}”.`);
      const bad = `The column “${column.name}” in data.js`;
      demand(Object.keys(KINDS).includes(column.kind), `${bad} is of a kind that this page does not know, “${column.kind}”.`);
      demand(isSize(column.missing) && column.missing <= points, `${bad} does not say how many of its values are missing.`);
      KINDS[column.kind](column, points, fields, bad);
    });
    const isOfKind = (place, kind) => !isGiven(place) || (place in columns && columns[place].kind === kind);
    demand(isOfKind(label, "category"), "The label in data.js is no column of categories.");
    demand(isOfKind(clusters, "category"), "The clusters in data.js are no column of categories.");
    demand(isOfKind(text, "text"), "The text in data.js is no column of text.");
  }

  return { checkColumns };
});
