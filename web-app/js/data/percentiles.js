// What share of some values lies below one of them, in [0, 1].
"use strict";

NM.define("percentiles", [], () => {
  // Counted anew each time: to count a million takes a millisecond, and to sort them hundreds.
  function share(values, value) {
    let below = 0;
    for (let i = 0; i < values.length; i++) if (values[i] < value) below++;
    return below / values.length;
  }

  return { share };
});
