// Pictures in place of dots when few enough are in view, and the switches of all that can lie over the map.
(function () {
  "use strict";
  const NM = window.NeuralManifold;
  const { state, byId } = NM;

  const MOST = 400;
  const SPRITES = 1500;
  const sprites = new Map(); // item -> a small canvas, the latest last

  // Painted once, then kept: the same pictures are drawn in every frame of a pan.
  function sprite(item) {
    const known = sprites.get(item);
    if (known) return known;
    const { side } = NM.data;
    const canvas = NM.element("canvas", { width: side, height: side });
    NM.panel.paintItem(canvas, item);
    sprites.set(item, canvas);
    if (sprites.size > SPRITES) sprites.delete(sprites.keys().next().value);
    return canvas;
  }

  function inView() {
    const items = [];
    NM.grid.within(NM.grid.gridOf(state.map), state.view, (i) => {
      if (NM.pick.seen(i)) items.push(i);
      return items.length <= MOST;
    });
    return items;
  }

  function paint(context, f) {
    if (!state.layers.thumbnails) return false;
    // Without images each picture costs a run of the decoder: only a few of them, then.
    const items = inView();
    if (items.length === 0 || items.length > (NM.data.images ? MOST : MOST / 8)) return false;
    const { x, y } = NM.data.maps[state.map];
    const room = Math.sqrt((f.width * f.height) / items.length);
    const size = Math.max(20, Math.min(56, room * 0.6));
    context.imageSmoothingEnabled = size < NM.data.side * 1.5;
    for (const item of items) {
      const [px, py] = NM.view.toScreen(f, x[item], y[item]);
      context.drawImage(sprite(item), px - size / 2, py - size / 2, size, size);
      context.strokeStyle = NM.view.colorOf(item);
      context.lineWidth = 2;
      context.strokeRect(px - size / 2, py - size / 2, size, size);
    }
    return true;
  }

  function refresh() {
    for (const name of Object.keys(state.layers)) byId(`layer-${name}`).setAttribute("aria-pressed", String(state.layers[name]));
  }

  function start() {
    for (const name of Object.keys(state.layers)) {
      byId(`layer-${name}`).addEventListener("click", () => NM.set({ layers: { ...state.layers, [name]: !state.layers[name] } }));
    }
    NM.overlay.add(10, paint);
    NM.on("layers", refresh);
    refresh();
  }

  NM.thumbnails = { start };
})();
