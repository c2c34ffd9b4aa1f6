// The buttons that save the map as a figure.
"use strict";

NM.define("save_figure", ["store", "data", "places", "figure", "save_items", "speech", "words", "dom"], ({ state }, data, places, figure, saveItems, speech, words, dom) => {
  const named = (ending) => `${`${data.title} ${data.maps[state.map].title}${places.isPast() ? ` ${places.name()}` : ""}`.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || words.figure.file}.${ending}`;

  async function savePng() {
    try {
      saveItems.save(named("png"), "image/png", await figure.png());
    } catch {
      speech.say(words.figure.large);
    }
  }

  function start() {
    dom.byId("save-png").addEventListener("click", savePng);
    dom.byId("save-svg").addEventListener("click", () => saveItems.save(named("svg"), "image/svg+xml", figure.svg().text));
  }

  return { start };
});
