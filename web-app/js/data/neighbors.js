// The k nearest of an item, among the vectors and on the map, and which of them the map keeps. The exporter knows those
// of the vectors; where it did not say, they are sought here.
"use strict";

NM.define("neighbors", ["data", "latents", "store", "slices"], (data, latents, { state }, slices) => {
  const K = 10;
  const LIVE_LIMIT = 20000; // with more items than this, neighbors are sought only when the pointer rests
  const PART = 16384; // items between two looks at the clock

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

  // The k least distances of all items but one; look(best, from, to) offers those of a part of the items.
  function* leastOfAll(k, look) {
    const best = least(Math.min(k, data.points));
    for (let from = 0; from < data.points; from += PART) {
      look(best, from, Math.min(data.points, from + PART));
      yield;
    }
    return best.items();
  }

  function seekingNearestTo(vector, k, except) {
    const { size, stored, ...numbers } = latents.numbers();
    const [offset, step] = [Float64Array.from(numbers.offset), Float64Array.from(numbers.step)];
    return leastOfAll(k, (best, from, to) => {
      let limit = best.limit();
      for (let i = from; i < to; i++) {
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
    });
  }

  const nearestTo = (vector, k = K, except = -1) => slices.whole(seekingNearestTo(vector, k, except));

  const graph = () => latents.set()?.graph ?? null;

  function* seekingInLatents(item, k) {
    const given = graph();
    if (given && (k <= given.k || !latents.present)) return Array.from(given.rows.subarray(item * given.k, item * given.k + Math.min(k, given.k)));
    return latents.present ? yield* seekingNearestTo(latents.of(item), k, item) : [];
  }

  function seekingOnMap(item, mapNumber, k) {
    const { x, y } = data.maps[mapNumber];
    const [x0, y0] = [x[item], y[item]];
    return leastOfAll(k, (best, from, to) => {
      let limit = best.limit();
      for (let i = from; i < to; i++) {
        const distance = (x[i] - x0) ** 2 + (y[i] - y0) ** 2;
        if (!(distance < limit) || i === item) continue;
        best.offer(i, distance);
        limit = best.limit();
      }
    });
  }

  const inLatents = (item, k = K) => slices.whole(seekingInLatents(item, k));
  const onMap = (item, mapNumber = state.map, k = K) => slices.whole(seekingOnMap(item, mapNumber, k));

  let last = { item: -1, map: -1, result: null };

  // kept: near in both; torn: near in the latents only; falseNeighbors: near on the map only.
  function* comparing(item) {
    const { map } = state;
    if (last.item === item && last.map === map) return last.result;
    const latent = yield* seekingInLatents(item, K);
    const shown = yield* seekingOnMap(item, map, K);
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
    K, LIVE_LIMIT, least, graph, inLatents, onMap, nearestTo, distancesFrom, comparing,
    compare: (item) => slices.whole(comparing(item)),
    get present() { return graph() !== null || latents.present; },
  };
});
