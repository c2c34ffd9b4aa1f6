// The neighbors of every item, found in a worker beside the page's own work: all pairs are too many for a frame.
"use strict";

NM.define("knn_worker", ["data", "neighbors"], (data, neighbors) => {
  const PAIRS = 5e8; // with more pairs than this, a sample of the rows stands for all

  // Runs in a worker, and so may use nothing from outside. Sends the votes of each row's k nearest.
  function work() {
    onmessage = ({ data: { vectors, labels, size, classes, rows, k } }) => {
      const points = labels.length;
      const votes = new Uint8Array(rows.length * classes);
      const items = new Int32Array(k);
      const distances = new Float64Array(k);
      for (let r = 0; r < rows.length; r++) {
        const from = rows[r] * size;
        distances.fill(Infinity);
        items.fill(-1);
        for (let i = 0, at = 0; i < points; i++, at += size) {
          if (i === rows[r]) continue;
          let sum = 0;
          for (let j = 0; j < size; j++) {
            const difference = vectors[at + j] - vectors[from + j];
            sum += difference * difference;
          }
          if (!(sum < distances[k - 1])) continue;
          let slot = k - 1;
          for (; slot > 0 && distances[slot - 1] > sum; slot--) {
            distances[slot] = distances[slot - 1];
            items[slot] = items[slot - 1];
          }
          distances[slot] = sum;
          items[slot] = i;
        }
        for (const item of items) if (item >= 0 && labels[item] >= 0) votes[r * classes + labels[item]]++;
        if (r % 200 === 199) postMessage({ progress: (r + 1) / rows.length });
      }
      postMessage({ votes });
    };
  }

  function sample() {
    const { points } = data;
    const wanted = Math.min(points, Math.ceil(PAIRS / points));
    return Uint32Array.from({ length: wanted }, (_, s) => Math.floor((s * points) / wanted));
  }

  // -> {rows, votes}: votes[r * classes + c] of the k nearest of item rows[r] have label c.
  function votes(progress) {
    const { latents, latentSize, labels, points, classNames } = data;
    // Half the memory where there is much of it to hold; the votes do not hang on the last digits.
    const vectors = new (points > 200000 ? Float32Array : Float64Array)(points * latentSize);
    for (let i = 0, at = 0; i < points; i++) {
      for (let j = 0; j < latentSize; j++, at++) vectors[at] = latents.offset[j] + latents.step[j] * latents.stored[at];
    }
    const rows = sample();
    const url = URL.createObjectURL(new Blob([`(${work})()`], { type: "text/javascript" }));
    const worker = new Worker(url);
    return new Promise((resolve) => {
      worker.onmessage = ({ data: answer }) => {
        if (answer.progress) return progress(answer.progress);
        worker.terminate();
        URL.revokeObjectURL(url);
        resolve({ rows, votes: answer.votes });
      };
      worker.postMessage({ vectors, labels, size: latentSize, classes: classNames.length, rows, k: neighbors.K }, [vectors.buffer]);
    });
  }

  return { votes };
});
