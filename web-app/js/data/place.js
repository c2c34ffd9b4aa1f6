// Where a vector that is not among the data lies on a map: at the mean of its neighbors' places, weighted by their
// membership, from which the library's UMAP begins as well, and at which its maps of other engines but PCA end.
"use strict";

NM.define("place", ["places", "latents", "neighbors"], (places, latents, neighbors) => {
  const K = 15;
  const TOLERANCE = 1e-5;
  const MAX_BISECTIONS = 64;

  // Membership strengths exp(-(d - rho) / sigma), which add up to log2(k) (McInnes, Healy & Melville 2018, algorithm 3).
  function strengths(distances) {
    const target = Math.log2(distances.length);
    const rho = distances.find((distance) => distance > 0) ?? 0;
    const strength = (distance, sigma) => (distance <= rho ? 1 : Math.exp(-(distance - rho) / sigma));
    const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
    let [low, high, sigma] = [0, Infinity, mean || 1];
    for (let step = 0; step < MAX_BISECTIONS; step++) {
      const excess = distances.reduce((sum, distance) => sum + strength(distance, sigma), 0) - target;
      if (Math.abs(excess) < TOLERANCE) break;
      if (excess > 0) [high, sigma] = [sigma, (low + sigma) / 2];
      else [low, sigma] = [sigma, Number.isFinite(high) ? (sigma + high) / 2 : 2 * sigma];
    }
    sigma = Math.max(sigma, 1e-3 * mean);
    return distances.map((distance) => strength(distance, sigma));
  }

  const apart = (a, b) => Math.sqrt(a.reduce((sum, value, j) => sum + (value - b[j]) ** 2, 0));
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

  // The items nearest to a vector, their distances, and how far outside the data it lies: how far it is from them over how
  // far they are from theirs (after Breunig et al. 2000). About 1 inside.
  function around(vector) {
    const items = neighbors.nearestTo(vector, K);
    const distances = items.map((item) => apart(vector, latents.of(item)));
    const theirs = items.map((item) => mean(neighbors.inLatents(item, K).map((other) => apart(latents.of(item), latents.of(other)))));
    const [own, usual] = [mean(distances), mean(theirs)];
    return { items, distances, outside: own === 0 ? 1 : usual > 0 ? own / usual : Infinity };
  }

  function on(mapNumber, { items, distances }) {
    const { x, y } = places.of(mapNumber);
    const weights = strengths(distances);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return [x, y].map((axis) => items.reduce((sum, item, at) => sum + (weights[at] / total) * axis[item], 0));
  }

  return { around, on };
});
