// Start: the data are there; build the parts, draw the map.
"use strict";

NM.define("main", ["data", "text", "dom",
  "view", "drawing", "keyboard", "overlay", "item", "heatmap", "details", "latent_editor", "legend", "map_switch", "color_select", "scores",
  "jump", "tabs", "sheet", "lasso", "selection", "selection_file", "selection_outline", "path", "path_view", "path_line",
  "thumbnails", "contours", "class_names", "neighbor_lines", "transitions", "true_distance", "pick", "pointer", "layers", "theme", "address",
], (data, text, dom, ...parts) => {
  const { byId } = dom;

  // What the data lack, the page does not show: an element names in data-needs the parts without which it is empty.
  function hideEmpty() {
    const present = {
      pictures: data.images || data.decoder, images: data.images, decoder: data.decoder, latents: data.latents, labels: data.labels,
    };
    for (const node of document.querySelectorAll("[data-needs]")) {
      if (node.dataset.needs.split(" ").some((need) => !present[need])) node.hidden = true;
    }
  }

  function about({ points, latentSize, model }) {
    const parts = [`${text.count(points)} ${data.images ? "images" : "items"}`];
    if (latentSize > 0) parts.push(`${latentSize} ${data.decoder ? "latent dimensions" : "dimensions"}`);
    if (model && Number.isFinite(model.parameters)) parts.push(`${text.count(model.parameters)} parameters`);
    if (model && Number.isFinite(model.test_loss)) parts.push(`test loss ${model.test_loss.toPrecision(3)} ${model.unit}`);
    return parts.join(" · ");
  }

  function start() {
    document.title = `${data.title} · neural-manifold`;
    byId("title").textContent = data.title;
    byId("about").textContent = about(data);
    byId("hint-items").textContent = data.images ? "an image" : "an item";
    byId("hint-close").textContent = data.decoder ? "look alike to the network" : "are alike";
    byId("app").hidden = false;
    hideEmpty();
    for (const part of parts) part.start(); // the address last: what it sets, every part must hear
    performance.mark("map-drawn");
  }

  return { start };
});
