// Start: check the data, build the parts, draw the map.
(function () {
  "use strict";
  const NM = window.NeuralManifold;
  const { byId } = NM;

  function tell(sentence) {
    byId("trouble-text").textContent = sentence;
    byId("trouble").hidden = false;
  }

  async function start() {
    try {
      NM.schema.demand(typeof window.Plotly === "object", "plotly.min.js is not beside this page.");
      await NM.load();
    } catch (error) {
      if (!(error instanceof NM.schema.DataError)) throw error;
      tell(error.message);
      return;
    }
    const { data } = NM;
    document.title = `${data.title} · neural-manifold`;
    byId("title").textContent = data.title;
    byId("app").hidden = false;

    NM.keyboard.start();
    NM.panel.start();
    NM.legend.start();
    NM.pick.start();
    NM.view.start();
    NM.pointer.start();
    byId("zoom-in").addEventListener("click", () => zoom(1.5));
    byId("zoom-out").addEventListener("click", () => zoom(1 / 1.5));
    byId("zoom-reset").addEventListener("click", NM.view.reset);
    NM.theme.start(() => {
      NM.view.redraw();
      NM.legend.refresh();
      NM.panel.repaint();
      NM.pick.placeRing();
    });
    performance.mark("map-drawn");
  }

  function zoom(factor) {
    const f = NM.view.frame();
    NM.view.zoomAt(f.left + f.width / 2, f.top + f.height / 2, factor);
  }

  start();
})();
