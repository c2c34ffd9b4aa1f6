// The view in the address: what is seen can be bookmarked and sent, and back and forward work.
(function () {
  "use strict";
  const NM = window.NeuralManifold;
  const { state } = NM;

  let written = "";
  let timer = 0;
  let reading = false;

  function write() {
    const { data } = NM;
    const parts = [`map=${encodeURIComponent(data.maps[state.map].name)}`];
    const { x0, x1, y0, y1 } = state.view;
    parts.push(`view=${[(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0].map((v) => Number(v.toPrecision(6))).join(",")}`);
    if (state.pinned >= 0) parts.push(`item=${data.index[state.pinned]}`);
    if (state.color !== "class") parts.push(`color=${state.color}`);
    if (state.hidden.size > 0) parts.push(`hide=${[...state.hidden].sort((a, b) => a - b).join(",")}`);
    if (state.path.length === 2) parts.push(`path=${state.path.map((item) => data.index[item]).join(",")}`);
    return `#${parts.join("&")}`;
  }

  // A step of its own in the history for a choice; panning and zooming only change the present step.
  function save(step) {
    clearTimeout(timer);
    if (reading) return;
    timer = setTimeout(() => {
      const now = write();
      if (now === written) return;
      written = now;
      if (step) location.hash = now;
      else location.replace(now);
    }, step ? 0 : 250);
  }

  // Anything may stand in an address: what does not fit the data is passed over.
  function read() {
    const { data } = NM;
    const given = new URLSearchParams(location.hash.slice(1));
    const numbers = (name) => (given.get(name) || "").split(",").filter((part) => part !== "").map(Number);
    const itemAt = (index) => (Number.isInteger(index) ? data.index.indexOf(index) : -1);
    const patch = { color: "class", pinned: -1, picked: -1, hidden: new Set(), path: [] };

    const map = data.maps.findIndex((candidate) => candidate.name === given.get("map"));
    patch.map = Math.max(0, map);
    const [x, y, width] = numbers("view");
    const extent = data.maps[patch.map].extent;
    patch.view = NM.view.fit(extent);
    const whole = patch.view.x1 - patch.view.x0;
    if ([x, y, width].every(Number.isFinite) && width < whole * 3 && width > whole / 4000) {
      const height = (width / whole) * (patch.view.y1 - patch.view.y0);
      patch.view = { x0: x - width / 2, x1: x + width / 2, y0: y - height / 2, y1: y + height / 2 };
    }
    const item = given.has("item") ? itemAt(Number(given.get("item"))) : -1;
    if (item >= 0) patch.pinned = patch.picked = item;
    const color = given.get("color") || "class";
    const dimension = /^latent:(\d+)$/.exec(color);
    if (["trust", "continuity", "error"].includes(color) || (dimension && Number(dimension[1]) < data.latentSize)) patch.color = color;
    const hidden = numbers("hide").filter((label) => Number.isInteger(label) && label >= 0 && label < data.classNames.length);
    if (hidden.length < data.classNames.length) patch.hidden = new Set(hidden);
    const path = numbers("path").map(itemAt);
    if (path.length === 2 && path.every((end) => end >= 0)) patch.path = path;
    return patch;
  }

  function follow() {
    if (location.hash === written) return;
    written = location.hash;
    reading = true;
    NM.set(read());
    reading = false;
  }

  function start() {
    if (location.hash.length > 1) follow();
    window.addEventListener("hashchange", follow);
    NM.on("map pinned color hidden path", () => save(true));
    NM.on("view", (_, changed) => { if (changed.size === 1) save(false); });
  }

  NM.address = { start };
})();
