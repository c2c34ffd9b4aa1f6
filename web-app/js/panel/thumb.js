// An item as a small button: its picture, else its words, its id or its number. It leads to the item.
"use strict";

NM.define("thumb", ["data", "names", "pictures", "color_modes", "choose", "words", "dom"], (data, names, pictures, colorModes, choose, words, dom) => {
  // kind: "kept", "torn" or "false" for a neighbor; "" for any other item.
  return function thumb(item, kind = "") {
    const button = dom.element("button", { type: "button", class: `thumb ${kind}` });
    const say = () => {
      const name = names.full(item);
      button.title = name;
      button.setAttribute("aria-label", kind ? words.panel.neighbor[kind](name) : name);
    };
    say();
    // Where there are no titles nothing is said twice: it would be painted twice.
    names.read().then(() => { if (names.title(item)) say(); });
    if (pictures.shows(item)) {
      const canvas = dom.element("canvas", { width: pictures.side, height: pictures.side });
      pictures.paintItem(canvas, item);
      button.append(canvas);
    } else {
      const span = dom.element("span", { text: names.short(item) });
      button.classList.toggle("words", !pictures.present);
      button.append(span);
      // A text that cannot be read is told where it is shown in full.
      const column = data.titles ?? data.text;
      if (column && !pictures.present) column.texts().then((texts) => { span.textContent = texts[item] || names.short(item); }, () => {});
    }
    button.style.setProperty("--item", colorModes.levelColor(item));
    button.addEventListener("click", () => choose(item));
    return button;
  };
});
