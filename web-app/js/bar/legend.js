// The classes: a click hides one or shows it again, a double click or Shift-click leaves it alone on the map.
"use strict";

NM.define("legend", ["store", "classes", "color_modes", "palette", "text", "dom"], (store, classes, colorModes, palette, text, dom) => {
  const { state } = store;
  const { byId, element } = dom;
  const { codes } = classes;
  const buttons = []; // one per code

  function toggle(code) {
    const hidden = new Set(state.hidden);
    if (!hidden.delete(code)) hidden.add(code);
    if (hidden.size === codes.length) hidden.clear(); // an empty map helps no one
    store.set({ hidden });
  }

  function solo(code) {
    const others = codes.filter((other) => other !== code);
    const alone = !state.hidden.has(code) && state.hidden.size === others.length;
    store.set({ hidden: new Set(alone ? [] : others) });
  }

  function refresh() {
    codes.forEach((code, at) => {
      buttons[at].setAttribute("aria-pressed", String(!state.hidden.has(code)));
      buttons[at].firstChild.style.backgroundColor = palette.classColor(code);
    });
    byId("legend-all").hidden = state.hidden.size === 0;
    byId("legend").classList.toggle("uncolored", Boolean(colorModes.current().value));
  }

  function start() {
    for (const code of codes) {
      const button = element("button", { type: "button", title: `${text.count(classes.count(code))} items. Click hides, Shift-click shows it alone` },
        element("span", { class: "swatch", "aria-hidden": "true" }), element("span", { text: classes.nameOfCode(code) }));
      button.addEventListener("click", (event) => {
        // The second click of a double click: the first has hidden the class already.
        if (event.shiftKey || event.detail === 2) solo(code);
        else toggle(code);
      });
      buttons.push(button);
      byId("legend-classes").append(element("li", {}, button));
    }
    byId("legend-all").addEventListener("click", () => store.set({ hidden: new Set() }));
    store.on("hidden color map theme", refresh);
    refresh();
  }

  return { start };
});
