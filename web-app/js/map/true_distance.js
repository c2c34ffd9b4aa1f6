// True distance: while D is held, every dot has the color of its latent distance from the one under the pointer.
"use strict";

NM.define("true_distance", ["store", "data", "latents", "neighbors", "filter", "palette", "drawing", "words", "dom"],
  (store, data, latents, neighbors, filter, palette, drawing, words, dom) => {
    const { state } = store;

    // Nearness by rank: distances in 32 dimensions crowd together, and a plain scale would be all one color.
    function groups(item) {
      const distances = neighbors.distancesFrom(latents.of(item));
      const sample = Float64Array.from({ length: Math.min(4000, distances.length) },
        (_, s) => distances[Math.floor((s * distances.length) / Math.min(4000, distances.length))]).sort();
      const { BINS, CONTEXT } = palette;
      // The near half of the scale goes to the nearest tenth, where the question is.
      const limits = Array.from({ length: BINS - 1 }, (_, b) => sample[Math.floor(((b + 1) / BINS) ** 3 * sample.length)]);
      const group = new Uint8Array(distances.length);
      for (let i = 0; i < distances.length; i++) {
        let bin = 0;
        while (bin < BINS - 1 && distances[i] > limits[bin]) bin++;
        group[i] = filter.passes(i) ? BINS - 1 - bin : CONTEXT;
      }
      return { group, colors: palette.distance() };
    }

    let timer = 0;
    // With many items the distances take longer than a frame, and wait until the pointer rests.
    function refresh() {
      dom.byId("distance-note").hidden = !state.distance;
      dom.byId("distance-note").textContent = words.map.distance(latents.space);
      dom.byId("distance").setAttribute("aria-pressed", String(state.distance));
      clearTimeout(timer);
      const wait = state.distance && data.points > neighbors.LIVE_LIMIT ? 120 : 0;
      timer = setTimeout(() => {
        const shown = state.distance && state.focused >= 0 && latents.present;
        drawing.setOverride(shown ? groups(state.focused) : null);
      }, wait);
    }

    const typing = (target) => target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);

    function start() {
      if (data.vectors.every((set) => set.numbers === null)) return;
      document.addEventListener("keydown", (event) => {
        const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
        if ((event.key === "d" || event.key === "D") && plain && !typing(event.target)) store.set({ distance: true });
      });
      document.addEventListener("keyup", (event) => {
        if (event.key === "d" || event.key === "D") store.set({ distance: false });
      });
      // A key let go while another window has the focus is never heard.
      window.addEventListener("blur", () => store.set({ distance: false }));
      dom.byId("distance").addEventListener("click", () => store.set({ distance: !state.distance }));
      store.on("distance", refresh);
      store.on("focused filter map theme", () => { if (state.distance) refresh(); });
    }

    return { start };
  });
