// How the neighbors of every item vote on its class: by the graph that the exporter gave, or found in a worker beside the
// page's own work, for all pairs are too many for a frame.
"use strict";

NM.define("knn_worker", ["data", "latents", "classes", "neighbors"], (data, latents, classes, neighbors) => {
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

  function votesOfGraph(size) {
    const { points } = data;
    const votes = new Uint8Array(points * size);
    for (let i = 0; i < points; i++) {
      for (const other of neighbors.inLatents(i)) if (classes.of(other) >= 0) votes[i * size + classes.of(other)]++;
    }
    return { rows: Uint32Array.from({ length: points }, (_, i) => i), votes };
  }

  // -> {rows, votes}: votes[r * classes + c] of the k nearest of item rows[r] have label c.
  async function votes(progress) {
    const size = classes.names.length;
    if (neighbors.graph()) return votesOfGraph(size);
    const { points, label } = data;
    const { size: width, stored, offset, step } = latents.numbers();
    // Half the memory where there is much of it to hold; the votes do not hang on the last digits.
    const vectors = new (points > 200000 ? Float32Array : Float64Array)(points * width);
    for (let i = 0, at = 0; i < points; i++) {
      for (let j = 0; j < width; j++, at++) vectors[at] = offset[j] + step[j] * stored[at];
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
      worker.postMessage({ vectors, labels: label.codes, size: width, classes: size, rows, k: neighbors.K }, [vectors.buffer]);
    });
  }

  return { votes };
});
