// The vector in the panel: its heading, and whether it is shown. Single dimensions of a network's layer or of many
// measurements mean little, and are folded up until they are asked for.
"use strict";

NM.define("vector", ["store", "data", "latents", "text", "dom"], (store, data, latents, text, dom) => {
  const { state } = store;
  const { byId } = dom;

  const isOpen = () => state.vectors ?? latents.isLatent();

  function refresh() {
    const set = latents.set();
    if (!set || !latents.present) return;
    const several = data.vectors.length > 1 || set.origin !== "latent";
    byId("vector-name").textContent = set.origin === "latent" ? "Latent vector" : set.origin === "pixels" ? "Pixels" : "Vector";
    byId("latent-size").textContent = `${several ? `${set.name}, ` : ""}${text.count(latents.size)} numbers`;
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
