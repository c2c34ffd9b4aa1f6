// Pictures in place of dots when few enough are in view.
"use strict";

NM.define("thumbnails", ["store", "places", "view", "grid", "filter", "pictures", "drawing", "overlay"],
  ({ state }, places, view, grid, filter, pictures, drawing, overlay) => {
    const MAX_IN_VIEW = 400;

    // Where the whole map is in view, the filter has counted already.
    function areTooMany({ x0, x1, y0, y1 }, { extent }) {
      const isWhole = x0 <= extent.x0 && x1 >= extent.x1 && y0 <= extent.y0 && y1 >= extent.y1;
      return isWhole && filter.count() > MAX_IN_VIEW;
    }

    function inView() {
      const items = [];
      grid.within(grid.gridOf(places.shown()), state.view, (i) => {
        if (filter.passes(i)) items.push(i);
        return items.length <= MAX_IN_VIEW;
      });
      return items;
    }

    function paint(context, f) {
      if (!state.layers.thumbnails || !pictures.present || places.isMoving() || areTooMany(state.view, places.shown())) return false;
      // Without images each picture costs a run of the decoder: only a few of them, then.
      const items = inView();
      if (items.length === 0 || items.length > (pictures.own ? MAX_IN_VIEW : MAX_IN_VIEW / 8)) return false;
      const { x, y } = places.shown();
      const room = Math.sqrt((f.width * f.height) / items.length);
      const size = Math.max(20, Math.min(56, room * 0.6));
      context.imageSmoothingEnabled = pictures.isPacked || size < pictures.side * 1.5;
      for (const item of items) {
        const sprite = pictures.sprite(item, overlay.request);
        if (!sprite) continue; // decoded when next the sheet is drawn, or without a picture: its dot stays
        const [px, py] = view.toScreen(f, x[item], y[item]);
        context.drawImage(sprite, px - size / 2, py - size / 2, size, size);
        context.strokeStyle = drawing.colorOf(item);
        context.lineWidth = 2;
        context.strokeRect(px - size / 2, py - size / 2, size, size);
      }
      return true;
    }

    const start = () => overlay.add("thumbnails", paint);

    return { start };
  });
