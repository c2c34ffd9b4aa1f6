// Start: check the data, build the parts, draw the map.
(function () {
  "use strict";
  const NM = window.NeuralManifold;
  const { byId } = NM;

  const PARTS = ["keyboard", "overlay", "panel", "details", "instrument", "legend", "maps", "jump", "tabs", "lasso",
    "selection", "path", "thumbnails", "density", "transitions", "distance", "pick", "pointer"];

  function tell(sentence) {
    byId("trouble-text").textContent = sentence;
    byId("trouble").hidden = false;
  }

  async function start() {
    try {
      await NM.load();
    } catch (error) {
      if (!(error instanceof NM.schema.DataError)) throw error;
      tell(error.message);
      return;
    }
    const { data } = NM;
    document.title = `${data.title} · neural-manifold`;
    byId("title").textContent = data.title;
    byId("about").textContent = about(data);
    byId("app").hidden = false;

    NM.view.start();
    for (const part of PARTS) NM[part].start();
    byId("zoom-in").addEventListener("click", () => zoom(1.5));
    byId("zoom-out").addEventListener("click", () => zoom(1 / 1.5));
    byId("zoom-reset").addEventListener("click", NM.view.reset);
    NM.theme.start(recolor);
    NM.address.start(); // last: what it sets, every part must hear
    performance.mark("map-drawn");
  }

  function about({ points, latentSize, model }) {
    const parts = [`${NM.count(points)} images`, `${latentSize} latent dimensions`];
    if (model && Number.isFinite(model.parameters)) parts.push(`${NM.count(model.parameters)} parameters`);
    if (model && Number.isFinite(model.test_loss)) parts.push(`test loss ${model.test_loss.toFixed(3)}`);
    return parts.join(" · ");
  }

  // Colours that were written into elements and canvases do not follow the style sheet.
  function recolor() {
    NM.view.redraw();
    NM.panel.repaint();
    for (const part of ["legend", "selection", "path", "transitions", "distance"]) NM[part].refresh();
    NM.pick.placeRing();
    NM.overlay.request();
  }

  function zoom(factor) {
    const f = NM.view.frame();
    NM.view.zoomAt(f.left + f.width / 2, f.top + f.height / 2, factor);
  }

  start();
})();
