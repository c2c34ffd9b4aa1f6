// The labels of Plotly's axes while the map moves: each goes along with its number.
"use strict";

NM.define("ticks", [], () => {
  const FEWEST = 2; // labels that an axis must have left
  let drawn = null; // the frame for which Plotly drew them

  // A shift by style lays nothing out. Plotly keeps with each label the number that it stands for.
  function along(labels, low, high, shift) {
    let inside = 0;
    for (const label of labels) {
      const { x: at } = label["__data__"];
      const isInside = at >= low && at <= high;
      label.style.visibility = isInside ? "" : "hidden";
      label.style.transform = shift(at);
      inside += isInside;
    }
    return inside >= FEWEST;
  }

  // Whether the labels that are there suffice for what a frame shows.
  function follow(plot, f) {
    if (!drawn) return false;
    const right = (frame, x) => (x - frame.x0) * frame.scaleX;
    const down = (frame, y) => (frame.y1 - y) * frame.scaleY;
    const xs = along(plot.querySelectorAll(".xtick"), f.x0, f.x1, (x) => `translateX(${right(f, x) - right(drawn, x)}px)`);
    const ys = along(plot.querySelectorAll(".ytick"), f.y0, f.y1, (y) => `translateY(${down(f, y) - down(drawn, y)}px)`);
    return xs && ys;
  }

  // Plotly has drawn them anew.
  function settle(plot, f) {
    drawn = f;
    for (const label of plot.querySelectorAll(".xtick, .ytick")) label.style.transform = label.style.visibility = "";
  }

  return { follow, settle };
});
