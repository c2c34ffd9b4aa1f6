// The head of the panel: which item it is, its picture or its words, and its value where the map shows values.
"use strict";

NM.define("item", ["store", "data", "classes", "names", "pictures", "color_modes", "words", "dom"],
  (store, data, classes, names, pictures, colorModes, words, dom) => {
    const { state } = store;
    const { byId } = dom;

    let image;

    function show() {
      const item = state.focused;
      byId("panel").classList.toggle("empty", item < 0);
      byId("item-class").textContent = item < 0 ? words.panel.none : title(item);
      byId("item-index").textContent = item < 0 ? words.panel.point : number(item);
      byId("item-index").title = item < 0 ? "" : number(item);
      if (item < 0) pictures.blank(image);
      else if (pictures.present) pictures.paintItem(image, item);
      byId("no-picture").hidden = item < 0 || !pictures.own || pictures.shows(item);
      colors();
    }

    // An item without a class is called by its id, where it has one.
    const title = (item) => (data.label || !data.ids ? classes.nameOf(item) : data.ids[item]);
    const number = (item) => (data.ids && data.label ? words.panel.idRow(data.ids[item], data.index[item]) : data.ids ? words.panel.row(data.index[item]) : names.called(item));

    function colors() {
      const item = state.focused;
      byId("item-swatch").style.backgroundColor = item < 0 ? "" : colorModes.levelColor(item);
      const mode = colorModes.current();
      const said = item >= 0 && mode !== colorModes.plain;
      byId("item-value").textContent = said ? words.panel.is(mode.title, colorModes.read(mode, item)) : "";
    }

    function start() {
      image = byId("image");
      for (const canvas of document.querySelectorAll("canvas.picture")) canvas.width = canvas.height = pictures.side || 1;
      byId("app").classList.toggle("smooth", pictures.isPacked);
      store.on("focused map", show);
      store.on("color map picked named theme", colors);
      store.on("focused pinned", () => { byId("pin-state").hidden = state.focused < 0 || state.pinned !== state.focused; });
      show();
    }

    return { start };
  });
