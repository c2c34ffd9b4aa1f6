// Time: below a map of which frames are given, a slider and a button that plays them. Points glide from frame to frame.
"use strict";

NM.define("time", ["store", "data", "places", "drawing", "overlay", "pick", "words", "dom"], (store, data, places, drawing, overlay, pick, words, dom) => {
  const { state } = store;
  const { byId } = dom;
  const ALL_MS = 8000;
  const FRAME_MS = [80, 700]; // of a frame, the least and the most
  const STEP_MS = 220;        // of a step of the slider
  let run = null; // {from, to, began, ms}: what the loop is at
  let own = false; // the frame is set by the loop

  const slider = () => byId("time-slider");
  const last = () => places.frames().names.length - 1;
  const frameMs = () => Math.max(FRAME_MS[0], Math.min(FRAME_MS[1], ALL_MS / last()));

  function setFrame(frame, more = {}) {
    own = true;
    store.set({ frame: frame === last() ? -1 : frame, ...more });
    own = false;
  }

  function moved() {
    drawing.refresh();
    overlay.request();
    pick.placeRing();
  }

  // One loop for both: playing, and a step of the slider.
  function go(to, ms) {
    const from = places.at();
    run = { from, to, ms, began: performance.now() };
    const mine = run;
    const step = (time) => {
      if (run !== mine) return;
      const part = Math.min(1, Math.max(0, (time - mine.began) / ms));
      const now = from + (to - from) * part;
      if (part === 1) return arrive(to);
      places.fly(dom.reducedMotion() ? Math.floor(now) : now);
      if (state.playing && Math.floor(now) !== state.frame) setFrame(Math.floor(now)); // all parts follow
      else moved();
      requestAnimationFrame(step);
    };
    places.fly(from);
    requestAnimationFrame(step);
  }

  function arrive(frame) {
    run = null;
    places.land();
    setFrame(frame, { playing: false });
    moved();
  }

  function play() {
    if (!places.isPast()) {
      places.land();
      setFrame(0);
    }
    store.set({ playing: true });
    go(last(), frameMs() * (last() - places.at()));
  }

  // What is nearest is shown at rest.
  const pause = () => { if (state.playing) arrive(Math.round(places.at())); };

  function slid() {
    const to = Number(slider().value);
    places.fly(places.at()); // the points stay until they glide
    setFrame(to, { playing: false });
    if (dom.reducedMotion()) arrive(to);
    else go(to, STEP_MS);
  }

  // Another part has set the frame or the map: what glides here ends.
  function refresh(_, changed) {
    if (run && !own && (changed.has("frame") || changed.has("map") || (changed.has("playing") && !state.playing))) {
      const to = changed.has("playing") ? Math.round(places.at()) : state.frame;
      run = null;
      places.land();
      if (changed.has("map")) store.set({ playing: false });
      else return arrive(to < 0 ? last() : to);
    }
    const row = byId("time");
    const frames = places.frames();
    row.classList.toggle("none", frames === null);
    if (frames === null) return undefined;
    const at = state.frame < 0 ? last() : Math.min(state.frame, last());
    slider().max = String(last());
    slider().value = String(at);
    slider().setAttribute("aria-valuetext", frames.names[at]);
    byId("time-name").textContent = frames.names[at];
    byId("time-note").classList.toggle("none", at === last());
    const { label, title } = state.playing ? words.time.pause : words.time.play;
    byId("time-play").setAttribute("aria-label", label);
    byId("time-play").title = title;
    row.classList.toggle("playing", state.playing);
    return undefined;
  }

  function start() {
    byId("time").hidden = data.maps.every((map) => map.frames === null);
    if (byId("time").hidden) return;
    byId("time-play").addEventListener("click", () => (state.playing ? pause() : play()));
    slider().addEventListener("input", slid);
    slider().addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      if (state.playing) pause();
      else play();
    });
    // Whoever presses on the map means a point: it stands still.
    byId("stage").addEventListener("pointerdown", pause, true);
    store.on("map frame playing", refresh);
    refresh();
  }

  return { start };
});
