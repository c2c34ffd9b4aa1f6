// The map by keyboard.
"use strict";

NM.define("keyboard", ["store", "places", "view", "filter", "choose", "neighbors", "speech", "words", "dom"],
  (store, places, view, filter, choose, neighbors, speech, words, dom) => {
    const { state } = store;
    const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

    let stage;
    let tabOrder = null; // {items, at}: Tab's way through the neighbors of one item

    // The nearest item in a direction: what lies aside counts double, what lies behind not at all.
    function towards(from, [dx, dy]) {
      const { x, y } = places.shown();
      let best = -1;
      let least = Infinity;
      for (let i = 0; i < x.length; i++) {
        if (i === from || !filter.passes(i)) continue;
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
      const { x, y } = places.shown();
      let best = -1;
      let least = Infinity;
      for (let i = 0; i < x.length; i++) {
        if (!filter.passes(i)) continue;
        const distance = (x[i] - (x0 + x1) / 2) ** 2 + (y[i] - (y0 + y1) / 2) ** 2;
        if (distance < least) [best, least] = [i, distance];
      }
      return best;
    }

    // Tab visits each neighbor once and then leaves the map, as Tab should.
    function tab(event) {
      if (state.focused < 0) return;
      if (!tabOrder || tabOrder.items[tabOrder.at] !== state.focused) {
        const near = neighbors.present ? neighbors.inLatents(state.focused) : neighbors.onMap(state.focused);
        tabOrder = { items: [state.focused, ...near], at: 0 };
      }
      const next = tabOrder.at + (event.shiftKey ? -1 : 1);
      if (next < 0 || next >= tabOrder.items.length) {
        tabOrder = null;
        return;
      }
      event.preventDefault();
      tabOrder.at = next;
      choose(tabOrder.items[next]);
    }

    // Whether a key is meant for the map: it has the focus, or the pointer is over it and what has the focus has no use for the key.
    function isForMap(event) {
      if (event.target === stage) return true;
      if (event.defaultPrevented || !stage.matches(":hover") || event.key === "Tab") return false;
      if (event.key === "Enter" || event.key === " ") return event.target === document.body;
      return !event.target.closest("input, select, textarea, [role=tab], [role=slider]");
    }

    function pressed(event) {
      if (event.altKey || event.ctrlKey || event.metaKey || !isForMap(event)) return;
      const arrow = ARROWS[event.key];
      const f = view.frame();
      if (arrow && event.shiftKey) view.panBy(-arrow[0] * f.width * 0.1, arrow[1] * f.height * 0.1);
      else if (arrow) choose(state.focused < 0 ? middle() : towards(state.focused, arrow));
      else if (event.key === "Tab") return tab(event);
      else if (event.key === "Enter" || event.key === " ") choose(state.focused < 0 ? middle() : state.focused);
      else if (event.key === "+" || event.key === "=") view.zoomIn(1.4);
      else if (event.key === "-") view.zoomIn(1 / 1.4);
      else if (event.key === "0") view.reset();
      else return;
      event.preventDefault();
    }

    // Esc undoes the last thing done, wherever the focus is.
    function escaped(event) {
      if (event.key !== "Escape") return;
      tabOrder = null;
      if (state.distance) store.set({ distance: false });
      else if (state.pinned >= 0) {
        store.set({ pinned: -1, focused: -1 });
        speech.say(words.map.unpinned);
      } else if (state.path.length > 0) store.set({ path: [] });
      else store.set({ selection: null, focused: -1 });
    }

    // A list that was used keeps the focus and would take every key: the pointer's way back to the map is the end of its use.
    function entered() {
      if (document.activeElement instanceof HTMLSelectElement) document.activeElement.blur();
    }

    function start() {
      stage = dom.byId("stage");
      stage.addEventListener("pointerenter", entered);
      document.addEventListener("keydown", pressed);
      document.addEventListener("keydown", escaped);
    }

    return { start };
  });
