// Start: the data are there; the map is drawn, if it is not yet, and all around it begins.
"use strict";

NM.define("main", ["store", "data", "latents", "neighbors", "decoder", "pictures", "look_first", "first_map",
  "keyboard", "overlay", "item", "values", "vector", "heatmap", "wide_vector", "details", "latent_editor", "level_list",
  "jump", "search_box", "filter_bar", "tag_store", "history", "tabs", "sheet", "lasso", "selection", "apart", "tag_list", "clusters", "cluster_list", "dropped", "selection_outline", "found_rings", "charts", "table", "path", "path_view", "path_line",
  "thumbnails", "contours", "class_names", "save_figure", "help", "neighbor_lines", "lists", "transitions", "examples", "true_distance", "pick", "pointer", "second_map", "layers", "theme", "tour", "host", "address",
], (store, data, latents, neighbors, decoder, pictures, lookFirst, firstMap, ...parts) => {
  // What the data lack, the page does not show: an element names in data-needs the parts without which it is empty.
  // What a map's own vectors have changes with the map.
  function hideEmpty() {
    const present = {
      pictures: pictures.present, images: pictures.own, decoder: decoder.present, latents: latents.present,
      neighbors: neighbors.present, labels: data.label, columns: data.columns.length > 0,
      lists: lookFirst.offered().length > 0, encoder: data.encoder, clusters: data.clusters,
    };
    for (const node of document.querySelectorAll("[data-needs]")) {
      node.hidden = node.dataset.needs.split(" ").some((need) => !present[need]);
    }
    const shown = document.querySelector("[role=tab][aria-selected=true]");
    if (shown.hidden) store.set({ tab: "item" });
  }

  function start() {
    hideEmpty();
    store.on("map", hideEmpty);
    firstMap.start();
    for (const part of parts) part.start(); // the address last: what it sets, every part must hear
    if (performance.getEntriesByName("map-drawn").length === 0) performance.mark("map-drawn");
    performance.mark("page-ready");
  }

  return { start };
});
