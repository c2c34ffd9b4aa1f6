// True distance: while D is held, every dot has the colour of its latent distance from the one under the pointer.
(function () {
  "use strict";
  const NM = window.NeuralManifold;
  const { state, byId } = NM;

  // Nearness by rank: distances in 32 dimensions crowd together, and a plain scale would be all one colour.
  function groups(item) {
    const distances = NM.neighbors.distancesFrom(NM.latent(item));
    const sample = Float64Array.from({ length: Math.min(4000, distances.length) },
      (_, s) => distances[Math.floor((s * distances.length) / Math.min(4000, distances.length))]).sort();
    const { BINS, CONTEXT } = NM.colors;
    // The near half of the scale goes to the nearest tenth, where the question is.
    const limits = Array.from({ length: BINS - 1 }, (_, b) => sample[Math.floor(((b + 1) / BINS) ** 3 * sample.length)]);
    const group = new Uint8Array(distances.length);
    for (let i = 0; i < distances.length; i++) {
      let bin = 0;
      while (bin < BINS - 1 && distances[i] > limits[bin]) bin++;
      group[i] = NM.pick.seen(i) ? BINS - 1 - bin : CONTEXT;
    }
    return { group, colors: NM.colors.distance() };
  }

  let timer = 0;
  // With many items the distances take longer than a frame, and wait until the pointer rests.
  function refresh() {
    byId("distance-note").hidden = !state.distance;
    byId("distance").setAttribute("aria-pressed", String(state.distance));
    clearTimeout(timer);
    const wait = state.distance && NM.data.points > NM.neighbors.INSTANT ? 120 : 0;
    timer = setTimeout(() => {
      const shown = state.distance && state.picked >= 0;
      NM.view.setOverride(shown ? groups(state.picked) : null);
    }, wait);
  }

  const typing = (target) => target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);

  function start() {
    document.addEventListener("keydown", (event) => {
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
      if ((event.key === "d" || event.key === "D") && plain && !typing(event.target)) NM.set({ distance: true });
    });
    document.addEventListener("keyup", (event) => {
      if (event.key === "d" || event.key === "D") NM.set({ distance: false });
    });
    // A key let go while another window has the focus is never heard.
    window.addEventListener("blur", () => NM.set({ distance: false }));
    byId("distance").addEventListener("click", () => NM.set({ distance: !state.distance }));
    NM.on("distance", refresh);
    NM.on("picked hidden map", () => { if (state.distance) refresh(); });
  }

  NM.distance = { start, refresh };
})();
