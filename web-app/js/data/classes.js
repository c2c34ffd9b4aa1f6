// The class of each item and its name. An item may have none, and so may all of them.
"use strict";

NM.define("classes", ["data"], ({ labels, classNames, points }) => {
  const MISSING = -1;

  const counts = new Map();
  for (let i = 0; labels && i < points; i++) counts.set(labels[i], (counts.get(labels[i]) || 0) + 1);

  const codes = [...classNames.keys()];
  if (counts.has(MISSING)) codes.push(MISSING);

  const nameOfCode = (code) => (code === MISSING ? "missing" : classNames[code]);

  return {
    MISSING,
    codes: labels ? codes : [], // all that an item can have, in the order of the legend
    count: (code) => counts.get(code) || 0,
    of: (item) => (labels ? labels[item] : 0), // without labels all are alike
    nameOfCode,
    nameOf: (item) => (labels ? nameOfCode(labels[item]) : "Item"),
  };
});
