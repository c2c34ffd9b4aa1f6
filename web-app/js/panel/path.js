// A path between two items: the straight way between their latent vectors, measured against the data.
"use strict";

NM.define("path", ["store", "data", "latents", "neighbors", "speech", "words"], (store, data, latents, neighbors, speech, words) => {
  const { state } = store;
  const STEPS = 33;
  const typicalDistances = new Map(); // set of vectors -> how far an item commonly is from its nearest neighbor

  // One end after the other; from a pinned item the first press makes the whole path.
  function add(item) {
    if (!latents.present) return;
    const from = state.path.length === 1 ? state.path[0] : state.pinned;
    if (from >= 0 && from !== item) {
      store.set({ path: [from, item], pinned: from, focused: from });
      store.set({ tab: "path", sheet: true });
    } else {
      store.set({ path: [item], focused: item, pinned: item });
      speech.say(words.path.first);
    }
  }

  const between = (a, b, t) => a.map((value, j) => value + (b[j] - value) * t);
  const apart = (a, b) => Math.sqrt(a.reduce((sum, value, j) => sum + (value - b[j]) ** 2, 0));

  // The latent vector at a share of the way, and the real item nearest to it.
  const vectorAt = (t) => between(latents.of(state.path[0]), latents.of(state.path[1]), t);
  const itemAt = (t) => neighbors.nearestTo(vectorAt(t), 1)[0];

  // 95 of 100 items have a neighbor nearer than this: beyond it, a vector is where no data is.
  async function limit(pause) {
    const set = latents.set();
    if (typicalDistances.has(set)) return typicalDistances.get(set);
    const sample = Math.max(12, Math.min(80, Math.floor(1.5e6 / data.points)));
    const nearest = [];
    for (let s = 0; s < sample; s++) {
      const item = Math.floor(((s + 0.5) * data.points) / sample);
      const [other] = neighbors.inLatents(item, 1);
      if (other !== undefined) nearest.push(apart(latents.of(item), latents.of(other)));
      if (pause.due()) await pause.taken();
    }
    nearest.sort((a, b) => a - b);
    typicalDistances.set(set, nearest[Math.floor(0.95 * (nearest.length - 1))] || 1);
    return typicalDistances.get(set);
  }

  // Every step is a search through all items: with many of them the browser must have its turn in between.
  function yieldToBrowser() {
    let since = performance.now();
    return {
      due: () => performance.now() - since > 200,
      taken: () => new Promise((done) => setTimeout(() => { since = performance.now(); done(); })),
    };
  }

  async function travel() {
    store.set({ pathSteps: null, pathHere: -1 });
    const ends = state.path;
    if (ends.length < 2) return;
    const pause = yieldToBrowser();
    const steps = [];
    for (let s = 0; s < STEPS; s++) {
      const t = s / (STEPS - 1);
      const vector = vectorAt(t);
      const [item] = neighbors.nearestTo(vector, 1);
      steps.push({ t, item, distance: apart(vector, latents.of(item)) });
      if (pause.due()) await pause.taken();
      if (state.path !== ends) return;
    }
    const far = await limit(pause);
    if (state.path !== ends) return;
    store.set({ pathSteps: { steps, limit: far }, pathHere: itemAt(0.5) });
  }

  function start() {
    store.on("path", travel);
    // A path leads through the vectors of the map that is shown: on a map of others it would be another.
    let set = latents.set();
    store.on("map", (_, changed) => {
      if (latents.set() !== set && state.path.length > 0 && !changed.has("path")) store.set({ path: [] });
      set = latents.set();
    });
  }

  return { start, add, vectorAt, itemAt };
});
