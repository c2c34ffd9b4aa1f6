// Where the points of the shown map are now: on the map itself, in a frame on the way to it, or between two frames.
"use strict";

NM.define("places", ["store", "data"], ({ state }, data) => {
  let flight = null; // {map, at: between which two frames, as a number with a fraction} while points glide
  let kept = [];     // [{map, frame, place}]: the frames unpacked last
  let middle = null; // {map, at, place}: what was between two frames last
  let arrays = null; // those of `middle`, which a flight fills anew many times per second

  const frames = (mapNumber = state.map) => data.maps[mapNumber].frames;
  const last = () => frames().names.length - 1;

  // Which frame is shown, counted from 0, with a fraction while points glide.
  function at() {
    if (flight?.map === state.map) return flight.at;
    return state.frame < 0 ? last() : Math.min(state.frame, last());
  }

  const isPast = () => frames() !== null && at() < last();
  const isMoving = () => flight?.map === state.map && !Number.isInteger(flight.at);

  function unpacked(map, frame) {
    const { stored, offset, step } = map.frames;
    const [x, y] = [new Float64Array(data.points), new Float64Array(data.points)];
    for (let i = 0, from = 2 * frame * data.points; i < data.points; i++, from += 2) {
      x[i] = offset[0] + step[0] * stored[from];
      y[i] = offset[1] + step[1] * stored[from + 1];
    }
    return { x, y, extent: map.extent };
  }

  function whole(frame) {
    const map = data.maps[state.map];
    if (frame === last()) return map;
    let found = kept.find((own) => own.map === state.map && own.frame === frame);
    if (!found) {
      found = { map: state.map, frame, place: unpacked(map, frame) };
      kept = [found, ...kept.slice(0, 1)];
    }
    return found.place;
  }

  function between(now) {
    const [from, to] = [whole(Math.floor(now)), whole(Math.ceil(now))];
    const part = now - Math.floor(now);
    arrays = arrays || { x: new Float64Array(data.points), y: new Float64Array(data.points) };
    for (let i = 0; i < data.points; i++) {
      arrays.x[i] = from.x[i] + (to.x[i] - from.x[i]) * part;
      arrays.y[i] = from.y[i] + (to.y[i] - from.y[i]) * part;
    }
    return { ...arrays, extent: from.extent }; // an object of its own each time: whoever keeps what is made of it sees the change
  }

  // {x, y, extent}, the same object as long as nothing moves.
  function shown() {
    if (!isPast()) return data.maps[state.map];
    const now = at();
    if (Number.isInteger(now)) return whole(now);
    if (middle?.map !== state.map || middle.at !== now) middle = { map: state.map, at: now, place: between(now) };
    return middle.place;
  }

  return {
    frames, at, isPast, isMoving, shown,
    // Those of any map: what is shown of the one that is shown, all else at its last frame.
    of: (mapNumber) => (mapNumber === state.map ? shown() : data.maps[mapNumber]),
    name: () => frames().names[Math.round(at())],
    fly: (now) => { flight = { map: state.map, at: now }; },
    land: () => { flight = null; },
  };
});
