// The map by keyboard, and what a screen reader hears of it.
(function () {
  "use strict";
  const NM = window.NeuralManifold;
  const { state } = NM;

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

  let tour = null; // {from, items, at}: Tab's way through the neighbours of one item

  // The nearest item in a direction: what lies aside counts double, what lies behind not at all.
  function towards(from, [dx, dy]) {
    const { x, y } = NM.data.maps[state.map];
    let best = -1;
    let least = Infinity;
    for (let i = 0; i < x.length; i++) {
      if (i === from || !NM.pick.seen(i)) continue;
      const ahead = (x[i] - x[from]) * dx + (y[i] - y[from]) * dy;
      const aside = Math.abs((x[i] - x[from]) * dy) + Math.abs((y[i] - y[from]) * dx);
      if (ahead <= 0 || aside > ahead) continue;
      const cost = ahead + 2 * aside;
      if (cost < least) [best, least] = [i, cost];
    }
    return best;
  }

  // The item nearest to the middle of what is in view.
  function middle() {
    const { x0, x1, y0, y1 } = state.view;
    const { x, y } = NM.data.maps[state.map];
    let best = -1;
    let least = Infinity;
    for (let i = 0; i < x.length; i++) {
      if (!NM.pick.seen(i)) continue;
      const distance = (x[i] - (x0 + x1) / 2) ** 2 + (y[i] - (y0 + y1) / 2) ** 2;
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }

  // An item chosen by key is pinned, so that a resting mouse does not take it away; the view follows it.
  function choose(item) {
    if (item < 0) return;
    NM.pick.pin(item);
    const { x0, x1, y0, y1 } = state.view;
    const { x, y } = NM.data.maps[state.map];
    const [w, h] = [(x1 - x0) / 2, (y1 - y0) / 2];
    if (Math.abs(x[item] - (x0 + w)) > w * 0.95 || Math.abs(y[item] - (y0 + h)) > h * 0.95) {
      NM.set({ view: { x0: x[item] - w, x1: x[item] + w, y0: y[item] - h, y1: y[item] + h } });
    }
    NM.announce(item);
  }

  // Tab visits each neighbour once and then leaves the map, as Tab should.
  function tab(event) {
    if (state.picked < 0) return;
    if (!tour || tour.items[tour.at] !== state.picked) {
      tour = { items: [state.picked, ...NM.neighbors.inLatents(state.picked)], at: 0 };
    }
    const next = tour.at + (event.shiftKey ? -1 : 1);
    if (next < 0 || next >= tour.items.length) {
      tour = null;
      return;
    }
    event.preventDefault();
    tour.at = next;
    choose(tour.items[next]);
  }

  function pressedKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const f = NM.view.frame();
    const center = [f.left + f.width / 2, f.top + f.height / 2];
    const arrow = ARROWS[event.key];
    if (arrow && event.shiftKey) NM.view.panBy(-arrow[0] * f.width * 0.1, arrow[1] * f.height * 0.1);
    else if (arrow) choose(state.picked < 0 ? middle() : towards(state.picked, arrow));
    else if (event.key === "Tab") return tab(event);
    else if (event.key === "Enter" || event.key === " ") choose(state.picked < 0 ? middle() : state.picked);
    else if (event.key === "+" || event.key === "=") NM.view.zoomAt(...center, 1.4);
    else if (event.key === "-") NM.view.zoomAt(...center, 1 / 1.4);
    else if (event.key === "0") NM.view.reset();
    else return;
    event.preventDefault();
  }

  // Esc undoes the last thing done, wherever the focus is.
  function escaped(event) {
    if (event.key !== "Escape") return;
    tour = null;
    if (state.distance) NM.set({ distance: false });
    else if (state.pinned >= 0) {
      NM.set({ pinned: -1, picked: -1 });
      NM.say("Nothing pinned.");
    } else if (state.path.length > 0) NM.set({ path: [] });
    else NM.set({ selection: null, picked: -1 });
  }

  const ordinal = (n) => `${n}${n % 100 > 10 && n % 100 < 14 ? "th" : ["th", "st", "nd", "rd"][n % 10] || "th"}`;

  function describe(item) {
    const { data } = NM;
    const parts = [data.classNames[data.labels[item]], `item ${data.index[item]}`];
    if (data.errors) {
      const percent = Math.round(100 * NM.colors.percentile(data.errors, data.errors[item]));
      const word = percent >= 90 ? "high" : percent >= 50 ? "middling" : "low";
      parts.push(`reconstruction error ${word} (${ordinal(percent)} percentile)`);
    }
    if (data.points <= NM.neighbors.INSTANT) {
      const { kept, latent } = NM.neighbors.compare(item);
      parts.push(`${kept.length} of ${latent.length} neighbours kept`);
    }
    return parts.join(", ");
  }

  let speaker;
  NM.say = (text) => { speaker.textContent = text; };
  NM.announce = (item) => NM.say(describe(item));

  function start() {
    speaker = NM.byId("live");
    NM.byId("stage").addEventListener("keydown", pressedKey);
    document.addEventListener("keydown", escaped);
  }

  NM.keyboard = { start, describe, choose, ordinal };
})();
