// Jump to an item that is worth a look.
"use strict";

NM.define("jump", ["store", "data", "color_modes", "neighbors", "filter", "choose", "words", "dom"],
  (store, data, colorModes, neighbors, filter, choose, words, dom) => {
    const { byId, element } = dom;
    const MAX_TURNS = 100;
    const MAX_LEVELS = 60;

    let last = "";
    let turn = 0; // asked again, a jump goes on to the next in its order

    const select = () => byId("jump-to");
    const every = (accept) => Array.from(data.index.keys()).filter(accept);
    const random = (items) => items[Math.floor(Math.random() * items.length)];

    function go(item) {
      if (item === undefined) return;
      if (!filter.passes(item)) filter.clear(); // whoever asks for an item by name means to see it
      choose(item);
    }

    // The items with a color mode's greatest values, greatest first.
    function extremes(mode) {
      const best = neighbors.least(Math.min(MAX_TURNS, data.points));
      for (let i = 0; i < data.points; i++) if (filter.passes(i)) best.offer(i, -mode.value(i));
      return best.items();
    }

    function jump(what) {
      const [kind, ...rest] = what.split(":");
      const key = rest.join(":");
      if (kind === "random") go(random(every(filter.passes)));
      else if (kind === "class") go(random(every((i) => colorModes.levels().of(i) === Number(key))));
      else if (kind === "mode") {
        const items = extremes(colorModes.find(key));
        if (items.length > 0) go(items[turn++ % items.length]);
      }
    }

    // The modes are those of the map that is shown, the levels those of the legend: all where they are few, else the largest.
    function choices() {
      const modes = colorModes.offered().filter((mode) => mode.value && !mode.key.startsWith("latent:"));
      const levels = colorModes.levels();
      const codes = levels.names.length <= MAX_LEVELS ? levels.codes : levels.chips();
      const group = (label, options) => (options.length === 0 ? [] : [element("optgroup", { label }, ...options)]);
      select().replaceChildren(
        element("option", { value: "", text: words.jump.choose }), element("option", { value: "random", text: words.jump.random }),
        ...group(words.jump.extremes, modes.map((mode) => element("option", { value: `mode:${mode.key}`, text: words.jump.extreme(mode.title, mode.words ? mode.words[1] : words.jump.highest) }))),
        ...group(words.jump.oneOf, codes.map((code) => element("option", { value: `class:${code}`, text: levels.nameOfCode(code) }))));
    }

    function start() {
      select().addEventListener("change", () => {
        const what = select().value;
        if (what !== last) turn = 0;
        last = what;
        jump(what);
        select().value = ""; // so that the same choice can be made again
      });
      store.on("map color picked", choices);
      choices();
    }

    return { start };
  });
