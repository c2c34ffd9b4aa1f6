// The clusters in the tab of the selection: a click selects one, as a click on its name on the map does.
"use strict";

NM.define("cluster_list", ["store", "data", "levels", "clusters", "text", "words", "dom"], (store, data, levels, clusters, text, words, dom) => {
  const { byId, element } = dom;

  function row(own, code) {
    const swatch = element("span", { class: "swatch", "aria-hidden": "true" });
    swatch.style.backgroundColor = own.colorOf(code);
    const button = element("button", { type: "button", title: words.clusters.select },
      swatch, element("span", { text: own.nameOfCode(code) }), element("b", { text: text.count(own.count(code)) }));
    button.addEventListener("click", () => clusters.select(code));
    return element("li", {}, button);
  }

  function show() {
    if (store.state.tab !== "selection") return;
    const own = levels.of(data.clusters);
    byId("cluster-rows").replaceChildren(...Array.from(own.order(), (code) => row(own, code)));
    byId("cluster-color").hidden = store.state.color === `column:${data.clusters.name}`;
  }

  function start() {
    if (!data.clusters) return;
    byId("cluster-color").addEventListener("click", () => store.set({ color: `column:${data.clusters.name}` }));
    store.on("tab named theme color picked", show);
  }

  return { start };
});
