// The vector in the panel: its heading, and whether it is shown. Single dimensions of a network's layer or of many
// measurements mean little, and are folded up until they are asked for.
"use strict";

NM.define("vector", ["store", "data", "latents", "words", "dom"], (store, data, latents, words, dom) => {
  const { state } = store;
  const { byId } = dom;

  const isOpen = () => state.vectors ?? latents.isLatent();

  function refresh() {
    const set = latents.set();
    if (!set || !latents.present) return;
    const several = data.vectors.length > 1 || set.origin !== "latent";
    byId("vector-name").textContent = words.panel.origin[set.origin];
    byId("latent-size").textContent = several ? words.panel.sizeOf(set.name, latents.size) : words.panel.size(latents.size);
    byId("vector-toggle").setAttribute("aria-expanded", String(isOpen()));
    byId("vector").hidden = !isOpen();
  }

  function start() {
    byId("vector-toggle").addEventListener("click", () => store.set({ vectors: !isOpen() }));
    store.on("map vectors", refresh);
    refresh();
  }

  return { start };
});
