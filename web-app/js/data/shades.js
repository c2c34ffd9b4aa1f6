// Which shade of a ramp a number has: by its value, or by its rank, where as many items have each shade. Of prices or counts
// nearly all lie at one end of their range, and by value they all look alike.
"use strict";

NM.define("shades", ["store", "palette"], ({ state }, { BINS }) => {
  const SAMPLE = 50000; // values, evenly drawn, that tell the ranks of all
  const known = new WeakMap(); // numbers -> {edges: from which value on each further shade begins, median}

  function ranksOf(numbers) {
    if (!known.has(numbers)) {
      const step = Math.max(1, Math.floor(numbers.length / SAMPLE));
      const sample = [];
      for (let i = 0; i < numbers.length; i += step) if (!Number.isNaN(numbers[i])) sample.push(numbers[i]);
      const sorted = Float64Array.from(sample).sort();
      const at = (share) => sorted[Math.floor(share * sorted.length)] ?? NaN;
      known.set(numbers, { edges: Float64Array.from({ length: BINS - 1 }, (_, shade) => at((shade + 1) / BINS)), median: at(0.5) });
    }
    return known.get(numbers);
  }

  // A ramp with a middle of its own keeps it.
  const canRank = (mode) => Boolean(mode.numbers) && mode.ramp === "sequential";
  const isRanked = (mode) => state.byRank && canRank(mode);

  // number -> shade, NaN where it is missing
  function of(mode) {
    if (isRanked(mode)) {
      const { edges } = ranksOf(mode.numbers);
      return (value) => {
        if (Number.isNaN(value)) return NaN;
        let shade = 0;
        for (let half = BINS / 2; half >= 1; half /= 2) if (value >= edges[shade + half - 1]) shade += half;
        return shade;
      };
    }
    const { low } = mode;
    const scale = (BINS - 1) / (mode.high - low || 1);
    return (value) => {
      const shade = (value - low) * scale + 0.5;
      return shade < 0 ? 0 : shade >= BINS ? BINS - 1 : Math.floor(shade);
    };
  }

  return { of, canRank, isRanked, median: (mode) => ranksOf(mode.numbers).median };
});
