// An item as a small button: its picture, or its number where it has none. It leads to the item.
"use strict";

NM.define("thumb", ["data", "classes", "pictures", "palette", "choose", "dom"], (data, classes, pictures, palette, choose, dom) => {
  // kind: "kept", "torn" or "false" for a neighbor; "" for any other item.
  return function thumb(item, kind = "") {
    const name = `${classes.nameOf(item)}, item ${data.index[item]}`;
    const button = dom.element("button", {
      type: "button", class: `thumb ${kind}`, title: name, "aria-label": kind ? `${kind} neighbor: ${name}` : name,
    });
    if (pictures.present) {
      const canvas = dom.element("canvas", { width: pictures.side, height: pictures.side });
      pictures.paintItem(canvas, item);
      button.append(canvas);
    } else {
      button.append(dom.element("span", { text: data.index[item] }));
    }
    button.style.setProperty("--item", palette.classColor(classes.of(item)));
    button.addEventListener("click", () => choose(item));
    return button;
  };
});
