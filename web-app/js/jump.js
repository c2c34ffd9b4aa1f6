// Jump to an item: by its index, or to one that is worth a look.
(function () {
  "use strict";
  const NM = window.NeuralManifold;
  const { state, byId, element } = NM;

  let turn = 0; // asked again, a jump goes on to the next in its order

  const visible = () => Array.from(NM.data.labels.keys()).filter(NM.pick.seen);

  // The items with the greatest values, greatest first.
  function greatest(value, most = 100) {
    const best = NM.neighbors.least(Math.min(most, NM.data.points));
    for (let i = 0; i < NM.data.points; i++) if (NM.pick.seen(i)) best.offer(i, -value(i));
    return best.items();
  }

  function go(item) {
    if (item === undefined || item < 0) return;
    const label = NM.data.labels[item];
    if (state.hidden.has(label)) {
      const hidden = new Set(state.hidden);
      hidden.delete(label);
      NM.set({ hidden });
    }
    NM.keyboard.choose(item);
  }

  function random(items) {
    return items[Math.floor(Math.random() * items.length)];
  }

  function jump(what) {
    const { data } = NM;
    const map = data.maps[state.map];
    if (what === "random") {
      go(random(visible()));
    } else if (what === "error") {
      const items = greatest((i) => data.errors[i]);
      go(items[turn++ % items.length]);
    } else if (what === "torn") {
      const items = greatest((i) => 255 - map.continuity[i]);
      go(items[turn++ % items.length]);
    } else if (what.startsWith("class:")) {
      const label = Number(what.slice(6));
      const items = [];
      for (let i = 0; i < data.points; i++) if (data.labels[i] === label) items.push(i);
      go(random(items));
    }
  }

  function toIndex(text) {
    const index = Number(text);
    const item = /^\d+$/.test(text.trim()) ? NM.data.index.indexOf(index) : -1;
    byId("jump-index").setAttribute("aria-invalid", String(item < 0));
    if (item >= 0) go(item);
    else NM.say(`There is no item ${text}.`);
  }

  function start() {
    const { data } = NM;
    const select = byId("jump-to");
    const map = data.maps[0];
    select.append(element("option", { value: "", text: "Jump to…" }), element("option", { value: "random", text: "Random" }));
    if (data.errors) select.append(element("option", { value: "error", text: "Worst error" }));
    if (map.continuity) select.append(element("option", { value: "torn", text: "Most torn" }));
    const classes = element("optgroup", { label: "One of" });
    data.classNames.forEach((name, label) => classes.append(element("option", { value: `class:${label}`, text: name })));
    select.append(classes);
    let last = "";
    select.addEventListener("change", () => {
      if (select.value !== last) turn = 0;
      last = select.value;
      jump(select.value);
      select.value = ""; // so that the same choice can be made again
    });
    byId("jump-form").addEventListener("submit", (event) => {
      event.preventDefault();
      toIndex(byId("jump-index").value);
    });
  }

  NM.jump = { start };
})();
