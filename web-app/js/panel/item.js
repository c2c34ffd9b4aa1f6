// The head of the panel: which item it is, its picture, and its value where the map shows values.
"use strict";

NM.define("item", ["store", "data", "classes", "pictures", "palette", "color_modes", "dom"],
  (store, data, classes, pictures, palette, colorModes, dom) => {
    const { state } = store;
    const { byId } = dom;

    let image;

    function show() {
      const item = state.focused;
      byId("panel").classList.toggle("empty", item < 0);
      byId("item-class").textContent = item < 0 ? "No item" : classes.nameOf(item);
      byId("item-index").textContent = item < 0 ? "Point at a dot" : `item ${data.index[item]}`;
      if (item < 0) image.getContext("2d").clearRect(0, 0, image.width, image.height);
      else if (pictures.present) pictures.paintItem(image, item);
      colors();
    }

    function colors() {
      const item = state.focused;
      byId("item-swatch").style.backgroundColor = item < 0 ? "" : palette.classColor(classes.of(item));
      const mode = colorModes.current();
      byId("item-value").textContent = item >= 0 && mode.value ? `${mode.title}: ${colorModes.read(mode, item)}` : "";
    }

    function start() {
      image = byId("image");
      for (const canvas of document.querySelectorAll("canvas.picture")) canvas.width = canvas.height = pictures.side || 1;
      store.on("focused", show);
      store.on("color map theme", colors);
      store.on("focused pinned", () => { byId("pin-state").hidden = state.focused < 0 || state.pinned !== state.focused; });
      show();
    }

    return { start };
  });
