// Start: which tiles there are is known; build the parts, draw the map.
"use strict";

NM.define("main", ["data", "words", "dom", "view", "map", "legend", "in_view", "point", "pointer", "keyboard", "theme"], (data, words, dom, ...parts) => {
  function start() {
    document.title = `${data.title} · neural-manifold`;
    dom.byId("title").textContent = data.title;
    const counted = [words.about.rows(data.points)];
    if (data.unplaced > 0) counted.push(words.about.without(data.unplaced));
    dom.byId("about").textContent = counted.join(" · ");
    dom.byId("app").hidden = false;
    for (const part of parts) part.start();
  }

  return { start };
});
