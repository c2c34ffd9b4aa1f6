// The panel beside the map: what is known of the item under the pointer.
(function () {
  "use strict";
  const NM = window.NeuralManifold;
  const { state, byId } = NM;

  let shown = -2; // nothing is painted twice for the same item
  let image;

  // Grey values -> a canvas of the image's own size; CSS enlarges it, pixel by pixel.
  function paint(canvas, grey, start = 0) {
    const { side } = NM.data;
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(side, side);
    for (let p = 0; p < side * side; p++) {
      const value = grey[start + p];
      pixels.data[4 * p] = pixels.data[4 * p + 1] = pixels.data[4 * p + 2] = value;
      pixels.data[4 * p + 3] = 255;
    }
    context.putImageData(pixels, 0, 0);
  }

  // Decoded minus original: one colour where the decoder adds light, the other where it takes light away.
  function paintDifference(canvas, item, grey) {
    const { images, side } = NM.data;
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(side, side);
    for (let p = 0; p < side * side; p++) {
      const bin = (grey[p] - images[item * side * side + p] + 255) >> 1;
      pixels.data.set(differenceColors()[bin], 4 * p);
    }
    context.putImageData(pixels, 0, 0);
  }

  let table = { theme: "", colors: [] };
  function differenceColors() {
    const theme = NM.colors.theme();
    if (table.theme !== theme) {
      table = { theme, colors: Array.from({ length: 256 }, (_, b) => [...NM.colors.parse(NM.colors.diverging(b / 255)), 255]) };
    }
    return table.colors;
  }

  function paintItem(canvas, item) {
    const { images, side } = NM.data;
    if (images) paint(canvas, images, item * side * side);
    else paint(canvas, NM.decoder.decode(NM.latent(item)));
  }

  function show() {
    const item = state.picked;
    byId("pin-state").hidden = item < 0 || state.pinned !== item;
    if (item === shown) return;
    shown = item;
    byId("panel").classList.toggle("empty", item < 0);
    if (item < 0) {
      byId("item-class").textContent = "No item";
      byId("item-index").textContent = "Point at a dot";
      byId("item-swatch").style.backgroundColor = "";
      image.getContext("2d").clearRect(0, 0, image.width, image.height);
      NM.heatmap.clear();
      return;
    }
    const { data } = NM;
    byId("item-class").textContent = data.classNames[data.labels[item]];
    byId("item-index").textContent = `item ${data.index[item]}`;
    byId("item-swatch").style.backgroundColor = NM.colors.classColor(data.labels[item]);
    paintItem(image, item);
    NM.heatmap.show(NM.latent(item));
  }

  function start() {
    image = byId("image");
    for (const canvas of document.querySelectorAll("canvas.picture")) canvas.width = canvas.height = NM.data.side;
    NM.heatmap.start();
    NM.on("picked pinned", show);
    show();
  }

  NM.panel = { start, paint, paintItem, paintDifference, repaint: () => { shown = -2; show(); } };
})();
