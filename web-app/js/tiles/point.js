// The row under the pointer, or chosen by key: a ring around it, and a note with its id, class and isolation.
"use strict";

NM.define("point", ["store", "data", "view", "map", "dots", "picture", "text", "words", "dom"], (store, data, view, map, dots, picture, text, words, dom) => {
  const { state } = store;
  const { byId } = dom;
  const GAP = 14; // pixels between the ring and the note

  function told({ tile, at }) {
    const { classes, isolation, ids } = tile.points;
    const known = isolation[at] / data.steps;
    const parts = [isolation[at] === 255 ? words.tiles.isolationOver(text.significant(known)) : words.tiles.isolationOf(text.fixed(known, 1))];
    if (data.classes.length > 0) parts.unshift(data.classes[classes[at]].title);
    return { id: ids[at], about: parts.join(" · ") };
  }

  function refresh() {
    const { point } = state;
    byId("ring").hidden = byId("tip").hidden = point === null;
    if (point === null) return;
    const frame = view.frame();
    const { x, y, classes } = point.tile.points;
    const [px, py] = view.toScreen(frame, x[point.at], y[point.at]);
    const { id, about } = told(point);
    const tip = byId("tip");
    byId("tip-id").textContent = id;
    byId("tip-about").textContent = about;
    for (const node of [tip, byId("ring")]) node.style.setProperty("--item", picture.colorOfClass(classes[point.at]));
    byId("ring").style.transform = `translate(${px}px, ${py}px)`;
    const [left, top] = [px + GAP + tip.offsetWidth > frame.left + frame.width ? px - GAP - tip.offsetWidth : px + GAP, py - tip.offsetHeight / 2];
    const inside = (value, most) => Math.max(4, Math.min(most - 4, value));
    tip.style.transform = `translate(${inside(left, frame.left + frame.width - tip.offsetWidth)}px, ${inside(top, frame.top + frame.height - tip.offsetHeight)}px)`;
  }

  // A row whose tile is no longer in view cannot be pointed at.
  function moved() {
    if (state.point && !dots.reaches(state.point.tile)) store.set({ point: null });
    else refresh();
  }

  function start() {
    store.on("point color theme", refresh);
    store.on("hidden", () => store.set({ point: null }));
    map.onDrawn(moved);
  }

  return { start, told };
});
