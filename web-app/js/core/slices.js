// Long work in slices, between which the page answers. The work is a generator that yields where it can be interrupted.
"use strict";

NM.define("slices", [], () => {
  const SLICE_MS = 8; // of a frame

  // To its end, or where that takes longer, for a slice: {done, value}, as a generator tells it.
  function begin(work, ms = SLICE_MS) {
    const until = performance.now() + ms;
    let step = work.next();
    while (!step.done && performance.now() < until) step = work.next();
    return step;
  }

  // What the work returns; undefined if it was not wanted to the end.
  async function run(work, isWanted = () => true) {
    for (;;) {
      const step = begin(work);
      if (step.done) return step.value;
      await new Promise((done) => { setTimeout(done); });
      if (!isWanted()) return undefined;
    }
  }

  return { begin, run, whole: (work) => begin(work, Infinity).value };
});
