// Lines from the focused item: solid to a neighbor that the map keeps, dashed to one that it has torn away;
// a hollow ring on one that only seems near.
"use strict";

NM.define("neighbor_lines", ["store", "data", "places", "view", "color_modes", "overlay", "dom"],
  (store, data, places, view, colorModes, overlay, dom) => {
    const { state } = store;

    function paint(context, f) {
      const { compared } = state;
      if (!compared || places.isPast()) return false; // they tell of the map itself
      const { x, y } = data.maps[state.map];
      const from = view.toScreen(f, x[compared.item], y[compared.item]);
      context.strokeStyle = dom.css("--ink");
      context.lineWidth = 1.25;
      const line = (item, dash) => {
        context.setLineDash(dash);
        context.beginPath();
        context.moveTo(...from);
        context.lineTo(...view.toScreen(f, x[item], y[item]));
        context.stroke();
      };
      const dot = (item, radius) => {
        context.beginPath();
        context.arc(...view.toScreen(f, x[item], y[item]), radius, 0, 2 * Math.PI);
        context.fill();
        context.stroke();
      };
      for (const item of compared.kept) line(item, []);
      for (const item of compared.torn) line(item, [4, 4]);
      context.setLineDash([]);
      for (const item of [...compared.kept, ...compared.torn]) {
        context.fillStyle = colorModes.levelColor(item);
        dot(item, 4.5);
      }
      context.fillStyle = dom.css("--ground");
      for (const item of compared.falseNeighbors) dot(item, 4);
      return true;
    }

    function start() {
      overlay.add("neighbor_lines", paint);
      store.on("compared", overlay.request);
    }

    return { start };
  });
