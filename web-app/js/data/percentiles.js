// What share of some values lies below one of them, in [0, 1].
"use strict";

NM.define("percentiles", [], () => {
  const sorted = new WeakMap(); // values -> the same in order, made once

  function share(values, value) {
    if (!sorted.has(values)) sorted.set(values, Float32Array.from(values).sort());
    const order = sorted.get(values);
    let [low, high] = [0, order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (order[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low / order.length;
  }

  return { share };
});
