// The head of the panel: which item it is, its picture, and its value where the map shows values.
"use strict";

NM.define("item", ["store", "data", "classes", "names", "pictures", "color_modes", "words", "dom"],
  (store, data, classes, names, pictures, colorModes, words, dom) => {
    const { state } = store;
    const { byId } = dom;
    const AT_ONCE = 50000; // of so few items the titles are read before one is looked at

    let image;

    function show() {
      const item = state.focused;
      byId("panel").classList.toggle("empty", item < 0);
      if (item >= 0) names.read();
      const [name, rest] = item < 0 ? [words.panel.none, words.panel.point] : calledBy(item);
      for (const [id, said] of [["item-class", name], ["item-index", rest]]) {
        byId(id).textContent = said;
        byId(id).title = item < 0 ? "" : said;
      }
      if (item < 0) pictures.blank(image);
      else if (pictures.present) pictures.paintItem(image, item);
      byId("no-picture").hidden = item < 0 || !pictures.own || pictures.shows(item);
      colors();
    }

    // By its title, else by its class, else by its id or number; what else is known of it stands below.
    function calledBy(item) {
      const name = names.title(item) ?? (names.classOf(item) || names.called(item));
      const known = [data.label && classes.nameOf(item), names.called(item), data.ids && words.panel.row(data.index[item])];
      return [name, words.panel.parts(known.filter((said) => said && said !== name))];
    }

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
      store.on("focused map titled", show);
      store.on("color map picked named theme", colors);
      store.on("focused pinned", () => { byId("pin-state").hidden = state.focused < 0 || state.pinned !== state.focused; });
      show();
      if (data.points <= AT_ONCE) requestAnimationFrame(() => setTimeout(names.read)); // after the first paint
    }

    return { start };
  });
