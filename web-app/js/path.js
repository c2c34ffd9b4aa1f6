// A path between two items: decoded on the way, shown on the map, and measured against the data.
(function () {
  "use strict";
  const NM = window.NeuralManifold;
  const { state, byId, element } = NM;

  const FRAMES = 9;
  const STEPS = 33;
  let trip = null;    // {steps: [{t, item, distance}], limit, here: the item nearest to the slider}
  let usual = 0;      // how far an item commonly is from its nearest neighbour

  function add(item) {
    const from = state.path.length === 1 ? state.path[0] : state.pinned;
    if (from >= 0 && from !== item) {
      NM.set({ path: [from, item], pinned: from, picked: from });
      NM.tabs.open("path");
      NM.tabs.sheet(true);
    } else {
      NM.set({ path: [item] });
      NM.pick.pin(item);
      NM.say("First end of a path. Shift-click a second item.");
    }
  }

  const between = (a, b, t) => a.map((value, j) => value + (b[j] - value) * t);

  // 95 of 100 items have a neighbour nearer than this: beyond it, a vector is where no data is.
  async function limit(pause) {
    if (usual > 0) return usual;
    const { points } = NM.data;
    const sample = Math.max(12, Math.min(80, Math.floor(1.5e6 / points)));
    const nearest = [];
    for (let s = 0; s < sample; s++) {
      const item = Math.floor(((s + 0.5) * points) / sample);
      const [other] = NM.neighbors.inLatents(item, 1);
      if (other !== undefined) nearest.push(apart(NM.latent(item), NM.latent(other)));
      if (pause.due()) await pause.taken();
    }
    nearest.sort((a, b) => a - b);
    usual = nearest[Math.floor(0.95 * (nearest.length - 1))] || 1;
    return usual;
  }

  const apart = (a, b) => Math.sqrt(a.reduce((sum, value, j) => sum + (value - b[j]) ** 2, 0));

  // Every step is a search through all items: with many of them the page must breathe in between.
  async function travel() {
    trip = null;
    const ends = state.path;
    const pause = breather();
    if (ends.length === 2) {
      const [a, b] = ends.map(NM.latent);
      const steps = [];
      for (let s = 0; s < STEPS; s++) {
        const t = s / (STEPS - 1);
        const vector = between(a, b, t);
        const [item] = NM.neighbors.nearestTo(vector, 1);
        steps.push({ t, item, distance: apart(vector, NM.latent(item)) });
        if (pause.due()) await pause.taken();
        if (state.path !== ends) return;
      }
      const far = await limit(pause);
      if (state.path !== ends) return;
      trip = { steps, limit: far, here: steps[0].item };
    }
    show();
    NM.overlay.request();
  }

  function breather() {
    let since = performance.now();
    return {
      due: () => performance.now() - since > 200,
      taken: () => new Promise((done) => setTimeout(() => { since = performance.now(); done(); })),
    };
  }

  function show() {
    byId("path-none").hidden = trip !== null;
    byId("path-some").hidden = byId("path-clear").hidden = trip === null;
    if (!trip) return;
    const { data } = NM;
    const [a, b] = state.path;
    const named = (item) => `${data.classNames[data.labels[item]]} ${data.index[item]}`;
    byId("path-title").textContent = `${named(a)} → ${named(b)}`;
    const from = NM.latent(a);
    const to = NM.latent(b);
    byId("film").replaceChildren(...Array.from({ length: FRAMES }, (_, s) => {
      const t = s / (FRAMES - 1);
      const canvas = element("canvas", { width: data.side, height: data.side, role: "img", "aria-label": `Decoded at ${Math.round(100 * t)} percent of the way` });
      if (data.decoder) NM.panel.paint(canvas, NM.decoder.decode(between(from, to, t)));
      else NM.panel.paintItem(canvas, trip.steps[Math.round(t * (STEPS - 1))].item);
      const frame = element("li", { class: astray(t) ? "astray" : "" }, canvas);
      return frame;
    }));
    meter();
    byId("way").value = 50;
    stop();
    const seen = new Set();
    byId("path-items").replaceChildren(...trip.steps.filter(({ item }) => !seen.has(item) && seen.add(item)).map(({ item }) => NM.details.thumb(item, "")));
  }

  // Where the slider stands: what the decoder makes there, beside the real item nearest to it.
  function stop() {
    const { data } = NM;
    const t = byId("way").value / 100;
    const vector = between(NM.latent(state.path[0]), NM.latent(state.path[1]), t);
    [trip.here] = NM.neighbors.nearestTo(vector, 1);
    byId("way").setAttribute("aria-valuetext", `${Math.round(100 * t)} percent of the way`);
    byId("way-decoded").parentElement.hidden = !data.decoder;
    if (data.decoder) NM.panel.paint(byId("way-decoded"), NM.decoder.decode(vector));
    NM.panel.paintItem(byId("way-real"), trip.here);
    byId("way-caption").textContent = `Nearest real item: ${data.classNames[data.labels[trip.here]]} ${data.index[trip.here]}`;
    NM.overlay.request();
  }

  const astray = (t) => trip.steps[Math.round(t * (STEPS - 1))].distance > trip.limit;

  // How far each step is from the nearest real item, as bars against the limit.
  function meter() {
    const top = Math.max(trip.limit * 1.25, ...trip.steps.map((step) => step.distance));
    byId("meter").replaceChildren(...trip.steps.map((step) => {
      const bar = element("span", { class: step.distance > trip.limit ? "astray" : "" });
      bar.style.height = `${Math.max(2, (100 * step.distance) / top)}%`;
      return bar;
    }));
    byId("meter-limit").style.bottom = `${(100 * trip.limit) / top}%`;
    const outside = trip.steps.filter((step) => step.distance > trip.limit);
    const percent = (t) => `${Math.round(100 * t)}%`;
    byId("path-verdict").textContent = outside.length === 0
      ? "The path stays within the data: every step is as near to a real item as items are to each other."
      : `${outside.length === 1 ? "At" : `From ${percent(outside[0].t)} to`} ${percent(outside[outside.length - 1].t)} of the way the path leaves the data. `
        + "A plain autoencoder was never trained there: between islands it decodes images of nothing.";
  }

  // On the map the path goes through the real items nearest to each step.
  function paint(context, f) {
    if (state.path.length === 0) return false;
    const { x, y } = NM.data.maps[state.map];
    const accent = getComputedStyle(document.documentElement).getPropertyValue("--accent");
    context.strokeStyle = context.fillStyle = accent;
    context.lineWidth = 2;
    if (trip) {
      context.lineJoin = "round";
      context.beginPath();
      trip.steps.forEach(({ item }, at) => {
        const place = NM.view.toScreen(f, x[item], y[item]);
        if (at) context.lineTo(...place);
        else context.moveTo(...place);
      });
      context.stroke();
    }
    for (const item of state.path) {
      context.beginPath();
      context.arc(...NM.view.toScreen(f, x[item], y[item]), 6, 0, 2 * Math.PI);
      context.fill();
    }
    if (trip) {
      context.beginPath();
      context.arc(...NM.view.toScreen(f, x[trip.here], y[trip.here]), 8, 0, 2 * Math.PI);
      context.stroke();
    }
    return true;
  }

  function start() {
    byId("way").addEventListener("input", stop);
    byId("path-clear").addEventListener("click", () => NM.set({ path: [] }));
    byId("path-start").addEventListener("click", () => {
      if (state.picked >= 0) add(state.picked);
    });
    NM.on("picked path", () => { byId("path-start").disabled = state.picked < 0; });
    byId("path-start").disabled = true;
    NM.overlay.add(50, paint);
    NM.on("path", travel);
  }

  NM.path = { start, add, refresh: show };
})();
