// What the map is colored by, and the ramp with its two ends where that is a number; how many have none is told.
"use strict";

NM.define("color_select", ["store", "color_modes", "palette", "speech", "text", "dom"], (store, colorModes, palette, speech, text, dom) => {
  const { byId } = dom;

  function refresh() {
    const mode = colorModes.current();
    byId("color").replaceChildren(...colorModes.offered().map(({ key, title }) => dom.element("option", { value: key, text: title })));
    byId("color").value = mode.key;
    byId("ramp").hidden = !mode.value;
    if (!mode.value) return;
    const [low, high] = colorModes.ends(mode);
    byId("ramp-missing").hidden = mode.missing === 0;
    byId("ramp-missing").textContent = `${text.count(mode.missing)} missing`;
    byId("ramp-missing").style.setProperty("--item", palette.missing());
    byId("ramp").setAttribute("aria-label", `${mode.title}, from ${low} to ${high}${missing(mode)}`);
    byId("ramp-low").textContent = low;
    byId("ramp-high").textContent = high;
    byId("ramp-bar").style.background = `linear-gradient(to right, ${palette.stops(mode.ramp).join(", ")})`;
  }

  const missing = (mode) => (mode.missing > 0 ? `, ${text.count(mode.missing)} missing` : "");

  function announce() {
    const mode = colorModes.current();
    const tag = mode.tags ? `, by ${mode.tags.names[colorModes.tagOf(mode)]}` : "";
    speech.say(`Colored by ${mode.title}${tag}${mode.value ? `, from ${colorModes.ends(mode).join(" to ")}${missing(mode)}` : ""}.`);
  }

  function start() {
    byId("color").addEventListener("change", (event) => store.set({ color: event.target.value }));
    store.on("map color tags theme", refresh);
    store.on("color", announce);
    refresh();
  }

  return { start };
});
