// Which map is shown.
"use strict";

NM.define("map_switch", ["store", "data", "glide", "dom"], (store, data, glide, dom) => {
  const buttons = [];

  function refresh() {
    buttons.forEach((button, number) => button.setAttribute("aria-pressed", String(number === store.state.map)));
  }

  function start() {
    data.maps.forEach((map, number) => {
      const button = dom.element("button", { type: "button", text: map.title, title: map.note ? `${map.title}: ${map.note}` : map.title });
      button.addEventListener("click", () => glide.toMap(number));
      buttons.push(button);
      dom.byId("maps").append(button);
    });
    store.on("map", refresh);
    refresh();
  }

  return { start };
});
