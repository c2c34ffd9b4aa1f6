// A second map of the same items beside the first: what is pointed at, pinned, selected, found or filtered in one shows in
// the other. It has a view of its own, and our own canvas draws it.
"use strict";

NM.define("second_map", ["store", "data", "view", "drawing", "raster", "second_overlay", "pick", "path", "select_region", "filter", "grid", "describe", "words", "dom"],
  (store, data, view, drawing, raster, secondOverlay, pick, path, selectRegion, filter, grid, describe, words, dom) => {
    const { state } = store;
    const { byId } = dom;
    const RADIUS = 14;
    const SLACK = 4; // pixels that a press may wander and still be a click
    const REST_MS = 120;
    let box = { width: 1, height: 1 };
    let seen = null;  // {x0, x1, y0, y1}: what is in view of it
    let press = null; // {x, y, dragging, line: corners of a lasso in pixels, or null}
    let timer = 0;

    const isOpen = () => state.beside >= 0;
    const map = () => data.maps[state.beside];
    const stage = () => byId("second-stage");

    function frame() {
      return {
        ...seen, ...box, left: 0, top: 0, ratio: Math.min(2, window.devicePixelRatio || 1),
        scaleX: box.width / (seen.x1 - seen.x0), scaleY: box.height / (seen.y1 - seen.y0),
      };
    }

    function fit() {
      const { extent } = map();
      const unit = Math.max((extent.x1 - extent.x0) / box.width, (extent.y1 - extent.y0) / box.height, 1e-9) * 1.12;
      const [cx, cy] = [(extent.x0 + extent.x1) / 2, (extent.y0 + extent.y1) / 2];
      seen = {
        x0: cx - (unit * box.width) / 2, x1: cx + (unit * box.width) / 2,
        y0: cy - (unit * box.height) / 2, y1: cy + (unit * box.height) / 2,
      };
    }

    function draw(isDraft) {
      if (!isOpen() || !seen) return;
      clearTimeout(timer);
      const what = [byId("second-canvas"), frame(), map(), drawing.painted(), view.dotSize(), dom.css("--ground")];
      if (isDraft) raster.draw(...what, drawing.draftStep(), state.brushing);
      else raster.drawAll(...what);
      if (isDraft) timer = setTimeout(() => { if (!state.brushing) draw(false); }, REST_MS);
      secondOverlay.paint(frame(), map(), press?.line ?? null);
    }

    const overlay = () => { if (isOpen() && seen) secondOverlay.paint(frame(), map(), press?.line ?? null); };

    function measure() {
      if (!isOpen()) return;
      const before = { ...box };
      box = { width: Math.max(50, stage().clientWidth), height: Math.max(50, stage().clientHeight) };
      if (!seen || before.width !== box.width || before.height !== box.height) fit();
      draw(false);
    }

    function place(event) {
      const bounds = stage().getBoundingClientRect();
      return [event.clientX - bounds.left, event.clientY - bounds.top];
    }

    function at(px, py) {
      const f = frame();
      const [x, y] = view.toMap(f, px, py);
      return grid.nearest(grid.gridOf(map()), x, y, f.scaleX, f.scaleY, RADIUS, filter.passes);
    }

    function look(next) {
      const whole = map().extent;
      const share = (next.x1 - next.x0) / Math.max(1e-9, whole.x1 - whole.x0, whole.y1 - whole.y0);
      if (share > 8 || share < 1 / 4000) return;
      seen = next;
      draw(true);
    }

    function zoomAt(px, py, factor) {
      const [x, y] = view.toMap(frame(), px, py);
      look({ x0: x - (x - seen.x0) / factor, x1: x + (seen.x1 - x) / factor, y0: y - (y - seen.y0) / factor, y1: y + (seen.y1 - y) / factor });
    }

    function panBy(dx, dy) {
      const f = frame();
      look({ x0: seen.x0 - dx / f.scaleX, x1: seen.x1 - dx / f.scaleX, y0: seen.y0 + dy / f.scaleY, y1: seen.y1 + dy / f.scaleY });
    }

    function pressed(event) {
      if (event.button !== 0) return;
      stage().setPointerCapture(event.pointerId);
      const [x, y] = place(event);
      press = { x, y, last: [x, y], dragging: false, line: null };
    }

    function moved(event) {
      const [x, y] = place(event);
      if (!press) {
        if (event.pointerType !== "touch" && state.pinned < 0) store.set({ focused: at(x, y) });
        return;
      }
      if (!press.dragging && Math.hypot(x - press.x, y - press.y) < SLACK) return;
      press.dragging = true;
      const [x0, y0] = [press.x, press.y];
      if (state.mode === "pan") panBy(x - press.last[0], y - press.last[1]);
      else if (state.mode === "box") press.line = [[x0, y0], [x, y0], [x, y], [x0, y]];
      else press.line = [...(press.line || [[x0, y0]]), [x, y]];
      press.last = [x, y];
      if (press.line) overlay();
    }

    function released(event) {
      if (!press) return;
      const done = press;
      press = null;
      if (event.type === "pointercancel") return overlay();
      if (done.line && done.line.length > 2) return select(done.line);
      return done.dragging ? undefined : clicked(done, event);
    }

    function clicked({ x, y }, { shiftKey }) {
      const item = at(x, y);
      if (item < 0) return store.set({ focused: -1, pinned: -1 });
      if (shiftKey) return path.add(item);
      pick.pin(item);
      return describe.announce(item);
    }

    function select(line) {
      const f = frame();
      selectRegion.select(state.beside, map(), line.map(([px, py]) => view.toMap(f, px, py)));
    }

    function keyed(event) {
      const arrow = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (arrow) panBy(arrow[0] * box.width * 0.1, arrow[1] * box.height * 0.1);
      else if (event.key === "+" || event.key === "=") zoomAt(box.width / 2, box.height / 2, 1.4);
      else if (event.key === "-") zoomAt(box.width / 2, box.height / 2, 1 / 1.4);
      else if (event.key === "0") whole();
      else return;
      event.preventDefault();
    }

    function whole() {
      fit();
      draw(false);
    }

    function opened() {
      byId("second").hidden = !isOpen();
      byId("second").parentNode.classList.toggle("two", isOpen());
      byId("second-open").setAttribute("aria-pressed", String(isOpen()));
      if (!isOpen()) return;
      byId("second-choice").value = String(state.beside);
      stage().setAttribute("aria-label", words.page.secondOf(map().title));
      seen = null;
      measure();
    }

    // The first map that is not shown yet.
    const other = () => (state.map === 0 ? 1 : 0);

    function start() {
      byId("second-open").hidden = data.maps.length < 2;
      byId("second-choice").append(...data.maps.map(({ title }, number) => dom.element("option", { value: number, text: title })));
      byId("second-choice").addEventListener("change", ({ target }) => store.set({ beside: Number(target.value) }));
      byId("second-open").addEventListener("click", () => store.set({ beside: isOpen() ? -1 : other() }));
      stage().addEventListener("pointerdown", pressed);
      stage().addEventListener("pointermove", moved);
      stage().addEventListener("pointerup", released);
      stage().addEventListener("pointercancel", released);
      stage().addEventListener("pointerleave", ({ pointerType }) => {
        if (!press && state.pinned < 0 && pointerType !== "touch") store.set({ focused: -1 });
      });
      stage().addEventListener("dblclick", (event) => { if (at(...place(event)) < 0) whole(); });
      stage().addEventListener("keydown", keyed);
      stage().addEventListener("wheel", (event) => {
        event.preventDefault();
        const lines = event.deltaMode === 1 ? 16 : 1;
        zoomAt(...place(event), Math.exp(-Math.max(-240, Math.min(240, event.deltaY * lines)) * (event.ctrlKey ? 0.01 : 0.002)));
      }, { passive: false });
      new ResizeObserver(measure).observe(stage());
      store.on("beside", opened);
      store.on("painted selection", () => draw(state.brushing));
      store.on("distance", () => setTimeout(() => draw(false), REST_MS + 80)); // after the first map has found the distances
      store.on("focused pinned found", overlay);
    }

    return { start, frame };
  });
