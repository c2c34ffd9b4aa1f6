// Which shade of a ramp a number has: by its value, or by its rank, where as many items have each shade. Of prices or counts
// nearly all lie at one end of their range, and by value they all look alike.
"use strict";

NM.define("shades", ["store", "palette"], ({ state }, { BINS }) => {
  const SAMPLE = 50000; // values that tell the ranks of all
  const STEPS = [7919, 7907]; // primes: from row to row, that rows which come in turn are drawn as often as they are
  const known = new WeakMap(); // numbers -> {edges: beyond which value each further shade begins, median}

  // Given values, drawn from all of them; sorted.
  function sampled(numbers) {
    const sample = [];
    const step = STEPS.find((prime) => numbers.length % prime > 0);
    for (let k = 0, i = 0; k < numbers.length && sample.length < SAMPLE; k++, i = (i + step) % numbers.length) {
      if (!Number.isNaN(numbers[i])) sample.push(numbers[i]);
    }
    return Float64Array.from(sample).sort();
  }

  function ranksOf(numbers) {
    if (!known.has(numbers)) {
      const sorted = sampled(numbers);
      const at = (share) => sorted[Math.floor(share * sorted.length)] ?? NaN;
      known.set(numbers, { edges: Float64Array.from({ length: BINS - 1 }, (_, shade) => at((shade + 1) / BINS)), median: at(0.5) });
    }
    return known.get(numbers);
  }

  // A ramp with a middle of its own keeps it.
  const canRank = ({ numbers, ramp, missing }) => Boolean(numbers) && ramp === "sequential" && missing < numbers.length;
  const isRanked = (mode) => state.byRank && canRank(mode);

  // number -> shade, NaN where it is missing
  function of(mode) {
    if (isRanked(mode)) {
      const { edges } = ranksOf(mode.numbers);
      return (value) => {
        if (Number.isNaN(value)) return NaN;
        let shade = 0;
        // Of equal values all have the lowest shade that one of them may have: many zeros are pale.
        for (let half = BINS / 2; half >= 1; half /= 2) if (value > edges[shade + half - 1]) shade += half;
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
