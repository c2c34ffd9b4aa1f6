// What the map is colored by, and the ramp with its two ends where that is a number.
"use strict";

NM.define("color_select", ["store", "color_modes", "palette", "speech", "dom"], (store, colorModes, palette, speech, dom) => {
  const { byId } = dom;

  function refresh() {
    const mode = colorModes.current();
    byId("color").replaceChildren(...colorModes.offered().map(({ key, title }) => dom.element("option", { value: key, text: title })));
    byId("color").value = mode.key;
    byId("ramp").hidden = !mode.value;
    if (!mode.value) return;
    const [low, high] = colorModes.ends(mode);
    byId("ramp").setAttribute("aria-label", `${mode.title}, from ${low} to ${high}`);
    byId("ramp-low").textContent = low;
    byId("ramp-high").textContent = high;
    byId("ramp-bar").style.background = `linear-gradient(to right, ${palette.stops(mode.ramp).join(", ")})`;
  }

  function announce() {
    const mode = colorModes.current();
    speech.say(`Colored by ${mode.title}${mode.value ? `, from ${colorModes.ends(mode).join(" to ")}` : ""}.`);
  }

  function start() {
    byId("color").addEventListener("change", (event) => store.set({ color: event.target.value }));
    store.on("map color theme", refresh);
    store.on("color", announce);
    refresh();
  }

  return { start };
});
