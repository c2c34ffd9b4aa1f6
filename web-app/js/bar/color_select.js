// What the map is colored by, and the ramp with its two ends where that is a number, by value or by rank; how many have none
// is told.
"use strict";

NM.define("color_select", ["store", "color_modes", "shades", "palette", "speech", "words", "dom"], (store, colorModes, shades, palette, speech, words, dom) => {
  const { byId } = dom;

  function refresh() {
    const mode = colorModes.current();
    byId("color").replaceChildren(...colorModes.offered().map(({ key, title }) => dom.element("option", { value: key, text: title })));
    byId("color").value = mode.key;
    byId("ramp").hidden = !mode.value;
    if (!mode.value) return;
    const [low, high] = colorModes.ends(mode);
    byId("ramp-missing").hidden = mode.missing === 0;
    byId("ramp-missing").textContent = words.bar.missing(mode.missing);
    byId("ramp-missing").style.setProperty("--item", palette.missing());
    byId("ramp-low").textContent = low;
    byId("ramp-high").textContent = high;
    const ranked = shades.isRanked(mode);
    const median = ranked ? words.bar.median(mode.text(shades.median(mode))) : "";
    byId("ramp").setAttribute("aria-label", words.bar.ramp(mode.title, low, high, mode.missing, median));
    byId("ramp-median").hidden = !ranked;
    byId("ramp-median").textContent = median;
    byId("ramp-rank").hidden = !shades.canRank(mode);
    byId("ramp-rank").setAttribute("aria-pressed", String(ranked));
    byId("ramp-bar").style.background = `linear-gradient(to right, ${palette.stops(mode.ramp).join(", ")})`;
  }

  function announce() {
    const mode = colorModes.current();
    if (mode.value) speech.say(words.bar.coloredFrom(mode.title, ...colorModes.ends(mode), mode.missing));
    else speech.say(words.bar.colored(mode.title, mode.tags?.names[colorModes.tagOf(mode)]));
  }

  function start() {
    byId("color").addEventListener("change", (event) => store.set({ color: event.target.value }));
    byId("ramp-rank").addEventListener("click", () => store.set({ byRank: !store.state.byRank }));
    store.on("map color byRank tags theme", refresh);
    store.on("color", announce);
    refresh();
  }

  return { start };
});
