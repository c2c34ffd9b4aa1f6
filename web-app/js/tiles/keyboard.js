// The map of tiles by keyboard, and the buttons beside it.
"use strict";

NM.define("keyboard", ["store", "view", "dots", "point", "speech", "words", "dom"], (store, view, dots, point, speech, words, dom) => {
  const { state } = store;
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

  function choose(found) {
    if (!found) return speech.say(words.tiles.noRow);
    const { id, about } = point.told(found);
    store.set({ point: found });
    return speech.say(words.tiles.point(id, about));
  }

  function pressed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const frame = view.frame();
    const arrow = ARROWS[event.key];
    if (arrow && state.point && !event.shiftKey) choose(dots.towards(state.point, arrow));
    else if (arrow) view.panBy(-arrow[0] * frame.width * 0.1, arrow[1] * frame.height * 0.1);
    else if (event.key === "Enter" || event.key === " ") {
      const middle = [frame.left + frame.width / 2, frame.top + frame.height / 2];
      choose(dots.nearest(frame, ...middle, Math.max(frame.width, frame.height)));
    } else if (event.key === "Escape") store.set({ point: null });
    else if (event.key === "+" || event.key === "=") view.zoomIn(1.4);
    else if (event.key === "-") view.zoomIn(1 / 1.4);
    else if (event.key === "0") view.reset();
    else return;
    event.preventDefault();
  }

  function start() {
    dom.byId("stage").addEventListener("keydown", pressed);
    dom.byId("zoom-in").addEventListener("click", () => view.zoomIn(1.6));
    dom.byId("zoom-out").addEventListener("click", () => view.zoomIn(1 / 1.6));
    dom.byId("zoom-reset").addEventListener("click", view.reset);
  }

  return { start };
});
