// The classes: a click hides one or shows it again, a double click or Shift-click leaves it alone on the map.
(function () {
  "use strict";
  const NM = window.NeuralManifold;
  const { state, byId, element } = NM;

  const buttons = [];

  function toggle(label) {
    const hidden = new Set(state.hidden);
    if (!hidden.delete(label)) hidden.add(label);
    if (hidden.size === NM.data.classNames.length) hidden.clear(); // an empty map helps no one
    NM.set({ hidden });
  }

  function solo(label) {
    const others = NM.data.classNames.map((_, other) => other).filter((other) => other !== label);
    const alone = !state.hidden.has(label) && state.hidden.size === others.length;
    NM.set({ hidden: new Set(alone ? [] : others) });
  }

  function refresh() {
    buttons.forEach((button, label) => {
      button.setAttribute("aria-pressed", String(!state.hidden.has(label)));
      button.firstChild.style.backgroundColor = NM.colors.classColor(label);
    });
    byId("legend-all").hidden = state.hidden.size === 0;
    const ramp = NM.colors.scale(state.color);
    byId("ramp").hidden = !ramp;
    if (ramp) {
      byId("ramp-low").textContent = ramp.ends[0];
      byId("ramp-high").textContent = ramp.ends[1];
      byId("ramp-bar").style.background = `linear-gradient(to right, ${ramp.stops.join(", ")})`;
    }
    byId("legend").classList.toggle("uncoloured", Boolean(ramp));
  }

  function start() {
    const counts = new Array(NM.data.classNames.length).fill(0);
    for (const label of NM.data.labels) counts[label]++;
    const list = byId("legend-classes");
    NM.data.classNames.forEach((name, label) => {
      const button = element("button", { type: "button", title: `${NM.count(counts[label])} items. Click hides, Shift-click shows it alone` },
        element("span", { class: "swatch", "aria-hidden": "true" }), element("span", { text: name }));
      button.addEventListener("click", (event) => {
        // The second click of a double click: the first has hidden the class already.
        if (event.shiftKey || event.detail === 2) solo(label);
        else toggle(label);
      });
      buttons.push(button);
      list.append(element("li", {}, button));
    });
    byId("legend-all").addEventListener("click", () => NM.set({ hidden: new Set() }));
    NM.on("hidden color map", refresh);
    refresh();
  }

  NM.legend = { start, refresh };
})();
