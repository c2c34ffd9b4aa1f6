// A line drawn on a map selects what lies inside, and can be made a filter. It is kept as it stands in the address, with few
// corners of few digits, so that both ask for the same points.
"use strict";

NM.define("select_region", ["store", "data", "region", "filter"], (store, data, region, filter) => {
  const { state } = store;
  const MAX_CORNERS = 100;

  // place: {x, y, extent} of the map, or of the frame that is shown of it.
  function select(mapNumber, place, line) {
    const step = Math.max(1, line.length / MAX_CORNERS);
    const few = line.filter((_, at) => at === 0 || Math.floor(at / step) !== Math.floor((at - 1) / step));
    const corners = few.map((corner) => corner.map((value) => Number(value.toPrecision(6))));
    const items = [];
    region.within(place, corners, (i) => { if (filter.passes(i)) items.push(i); });
    const selection = Uint32Array.from(items).sort();
    // A filter asks the map itself: what is drawn around in an earlier frame can be none.
    const drawn = place !== data.maps[mapNumber] ? null : { map: data.maps[mapNumber].name, corners, selection };
    store.set({ selection, drawn });
  }

  // Whether what is selected was drawn around.
  const isDrawn = () => state.selection !== null && state.drawn?.selection === state.selection;

  function keep() {
    const { map, corners } = state.drawn;
    filter.set({ op: "within", map, corners }, { selection: null });
  }

  return { select, isDrawn, keep };
});
