// Start: which tiles there are is known; build the parts, draw the map.
"use strict";

NM.define("main", ["data", "text", "dom", "view", "map", "legend", "in_view", "point", "pointer", "keyboard", "theme"], (data, text, dom, ...parts) => {
  function start() {
    document.title = `${data.title} · neural-manifold`;
    dom.byId("title").textContent = data.title;
    const counted = [`${text.count(data.points)} rows`];
    if (data.unplaced > 0) counted.push(`${text.count(data.unplaced)} without a place`);
    dom.byId("about").textContent = counted.join(" · ");
    dom.byId("app").hidden = false;
    for (const part of parts) part.start();
  }

  return { start };
});
