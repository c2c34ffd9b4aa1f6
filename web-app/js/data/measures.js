// What can be asked of: the columns, and what the exporter measured of each point, which are numbers as well.
"use strict";

NM.define("measures", ["data"], ({ columns, modes, maps }) => {
  // A measure of one map alone is named after it where several maps have one.
  function nameOf({ title, map }) {
    const several = modes.filter((mode) => mode.title === title).length > 1;
    return several && map !== null ? `${title}, ${maps.find(({ name }) => name === map).title}` : title;
  }

  const measured = modes.map((mode) => ({ name: nameOf(mode), kind: "number", missing: 0, values: mode.values, mode }))
    .filter(({ name }, at, all) => all.findIndex((other) => other.name === name) === at && !columns.some((column) => column.name === name));

  const all = () => [...columns, ...measured];
  return { all, find: (name) => columns.find((column) => column.name === name) || measured.find((column) => column.name === name) };
});
