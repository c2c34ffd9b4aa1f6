// Start: the data are there; build the parts, draw the map.
"use strict";

NM.define("main", ["store", "data", "latents", "neighbors", "decoder", "pictures", "look_first", "words", "dom",
  "view", "drawing", "keyboard", "overlay", "item", "values", "vector", "heatmap", "wide_vector", "details", "latent_editor", "legend", "level_list", "map_switch", "color_select", "scores",
  "jump", "search_box", "filter_bar", "tag_store", "history", "tabs", "sheet", "lasso", "selection", "apart", "tag_list", "clusters", "cluster_list", "dropped", "selection_outline", "found_rings", "charts", "table", "path", "path_view", "path_line",
  "thumbnails", "contours", "class_names", "save_figure", "help", "neighbor_lines", "lists", "transitions", "examples", "true_distance", "pick", "pointer", "second_map", "layers", "time", "theme", "tour", "host", "address",
], (store, data, latents, neighbors, decoder, pictures, lookFirst, words, dom, ...parts) => {
  const { byId } = dom;

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
    byId("hint-try").textContent = latents.present ? words.hint.tryLatents : words.hint.try;
    const shown = document.querySelector("[role=tab][aria-selected=true]");
    if (shown.hidden) store.set({ tab: "item" });
  }

  function about({ points, model }) {
    const parts = [(pictures.own ? words.about.images : words.about.items)(points)];
    const sizes = data.vectors.filter(({ numbers }) => numbers).map(({ numbers, origin }) => (origin === "latent" ? words.about.latentDimensions : words.about.dimensions)(numbers.size));
    parts.push(...new Set(sizes));
    if (model && Number.isFinite(model.test_loss)) parts.push(words.about.loss(model.test_loss.toPrecision(3), model.unit));
    if (model && Number.isFinite(model.parameters)) parts.push(words.about.parameters(model.parameters));
    return parts;
  }

  function start() {
    document.title = `${data.title} · neural-manifold`;
    byId("title").textContent = data.title;
    byId("about").replaceChildren(...about(data).map((part, at) => dom.element("span", { text: at > 0 ? ` · ${part}` : part })));
    byId("hint-dots").textContent = words.hint.dots(pictures.own, Boolean(data.decoder));
    byId("app").hidden = false;
    hideEmpty();
    store.on("map", hideEmpty);
    for (const part of parts) part.start(); // the address last: what it sets, every part must hear
    performance.mark("map-drawn");
  }

  return { start };
});
