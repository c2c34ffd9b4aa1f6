// The k nearest of an item, among the vectors and on the map, and which of them the map keeps. The exporter knows those
// of the vectors; where it did not say, they are sought here.
"use strict";

NM.define("neighbors", ["data", "latents", "store"], (data, latents, { state }) => {
  const K = 10;
  const LIVE_LIMIT = 20000; // with more items than this, neighbors are sought only when the pointer rests

  // Keeps the k least; ties go to the lower index, because items come in order.
  function least(k) {
    const items = new Int32Array(k).fill(-1);
    const distances = new Float64Array(k).fill(Infinity);
    return {
      // What is not below it would not be kept.
      limit: () => distances[k - 1],
      offer(item, distance) {
        if (!(distance < distances[k - 1])) return;
        let at = k - 1;
        while (at > 0 && distances[at - 1] > distance) {
          distances[at] = distances[at - 1];
          items[at] = items[at - 1];
          at--;
        }
        distances[at] = distance;
        items[at] = item;
      },
      items: () => Array.from(items).filter((item) => item >= 0),
    };
  }

  // Squared Euclidean distance of every item from a vector, in double precision.
  function distancesFrom(vector) {
    const { points } = data;
    const { size, stored, offset, step } = latents.numbers();
    const distances = new Float64Array(points);
    for (let i = 0, at = 0; i < points; i++) {
      let sum = 0;
      for (let j = 0; j < size; j++, at++) {
        const difference = offset[j] + step[j] * stored[at] - vector[j];
        sum += difference * difference;
      }
      distances[i] = sum;
    }
    return distances;
  }

  function nearestTo(vector, k = K, except = -1) {
    const { points } = data;
    const { size, stored, ...numbers } = latents.numbers();
    const [offset, step] = [Float64Array.from(numbers.offset), Float64Array.from(numbers.step)];
    const best = least(Math.min(k, points));
    let limit = Infinity;
    for (let i = 0; i < points; i++) {
      // A sum that only grows need not be finished once it is too large.
      let sum = 0;
      for (let j = 0, at = i * size; j < size && sum < limit; j++, at++) {
        const difference = offset[j] + step[j] * stored[at] - vector[j];
        sum += difference * difference;
      }
      if (!(sum < limit) || i === except) continue;
      best.offer(i, sum);
      limit = best.limit();
    }
    return best.items();
  }

  const graph = () => latents.set()?.graph ?? null;

  function inLatents(item, k = K) {
    const given = graph();
    if (given && (k <= given.k || !latents.present)) return Array.from(given.rows.subarray(item * given.k, item * given.k + Math.min(k, given.k)));
    return latents.present ? nearestTo(latents.of(item), k, item) : [];
  }

  function onMap(item, mapNumber = state.map, k = K) {
    const { x, y } = data.maps[mapNumber];
    const best = least(Math.min(k, data.points));
    const [x0, y0] = [x[item], y[item]];
    let limit = Infinity;
    for (let i = 0; i < x.length; i++) {
      const distance = (x[i] - x0) ** 2 + (y[i] - y0) ** 2;
      if (!(distance < limit) || i === item) continue;
      best.offer(i, distance);
      limit = best.limit();
    }
    return best.items();
  }

  let last = { item: -1, map: -1, result: null };

  // kept: near in both; torn: near in the latents only; falseNeighbors: near on the map only.
  function compare(item) {
    const { map } = state;
    if (last.item === item && last.map === map) return last.result;
    const latent = inLatents(item);
    const shown = onMap(item, map);
    const result = {
      item, latent,
      kept: latent.filter((other) => shown.includes(other)),
      torn: latent.filter((other) => !shown.includes(other)),
      falseNeighbors: shown.filter((other) => !latent.includes(other)),
    };
    last = { item, map, result };
    return result;
  }

  return {
    K, LIVE_LIMIT, least, graph, inLatents, onMap, nearestTo, distancesFrom, compare,
    get present() { return graph() !== null || latents.present; },
  };
});
