// Which map is shown, its scores, what it is coloured by, and the glide from one map to another.
(function () {
  "use strict";
  const NM = window.NeuralManifold;
  const { state, byId, element } = NM;

  const GLIDE_MS = 650;
  let running = 0;

  const ease = (t) => (t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2);

  // Both maps are moved and sized to the same window, so that dots travel and the picture as a whole stays.
  function glide(from, to, fromView, toView) {
    const points = from.x.length;
    const places = { x: new Float64Array(points), y: new Float64Array(points) };
    const scaleX = (toView.x1 - toView.x0) / (fromView.x1 - fromView.x0);
    const scaleY = (toView.y1 - toView.y0) / (fromView.y1 - fromView.y0);
    const token = ++running;
    const began = performance.now();
    const step = (now) => {
      if (token !== running) return;
      const t = Math.min(1, (now - began) / GLIDE_MS);
      if (t >= 1) {
        NM.view.setGlide(null);
        NM.overlay.request();
        return;
      }
      const k = ease(Math.max(0, t));
      for (let i = 0; i < points; i++) {
        const x = toView.x0 + (from.x[i] - fromView.x0) * scaleX;
        const y = toView.y0 + (from.y[i] - fromView.y0) * scaleY;
        places.x[i] = x + (to.x[i] - x) * k;
        places.y[i] = y + (to.y[i] - y) * k;
      }
      NM.view.setGlide(places);
      requestAnimationFrame(step);
    };
    step(began);
  }

  function choose(number) {
    if (number === state.map) return;
    const { maps, points } = NM.data;
    const [from, fromView] = [maps[state.map], state.view];
    const to = maps[number];
    const toView = NM.view.fit(to.extent);
    const still = NM.reducedMotion() || points > 100000;
    if (!still) glide(from, to, fromView, toView);
    NM.set({ map: number, view: toView });
  }

  const score = (name, value) => element("span", {}, element("span", { text: `${name} ` }),
    element("b", { text: Number.isFinite(value) ? value.toFixed(3) : "not measured" }));

  function refresh() {
    const map = NM.data.maps[state.map];
    for (const [number, button] of [...byId("maps").children].entries()) {
      button.setAttribute("aria-pressed", String(number === state.map));
    }
    const { scores } = map;
    byId("scores").replaceChildren(...(scores ? [
      score("trustworthiness", scores.trustworthiness), score("continuity", scores.continuity), score("recall", scores.recall),
      element("span", { class: "basis", text: `k ${scores.k}, n ${NM.count(scores.n)}` }),
    ] : [element("span", { text: map.note })]));
    byId("scores").title = map.note;
    colorChoices(map);
  }

  function colorChoices(map) {
    const choices = [["class", "Class"]];
    if (map.trust) choices.push(["trust", "Trust"]);
    if (map.continuity) choices.push(["continuity", "Continuity"]);
    if (NM.data.errors) choices.push(["error", "Error"]);
    if (state.color.startsWith("latent:")) choices.push([state.color, `Dimension ${Number(state.color.slice(7)) + 1}`]);
    const select = byId("color");
    select.replaceChildren(...choices.map(([value, text]) => element("option", { value, text })));
    if (!choices.some(([value]) => value === state.color)) NM.set({ color: "class" });
    select.value = state.color;
  }

  function start() {
    NM.data.maps.forEach((map, number) => {
      const button = element("button", { type: "button", text: map.title, title: map.note });
      button.addEventListener("click", () => choose(number));
      byId("maps").append(button);
    });
    byId("color").addEventListener("change", (event) => NM.set({ color: event.target.value }));
    NM.on("map color", refresh);
    refresh();
  }

  NM.maps = { start, choose };
})();
