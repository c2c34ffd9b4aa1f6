// The items that a person is working with: those selected that pass the filter; without a selection, all that pass it.
"use strict";

NM.define("at_hand", ["store", "data", "bits", "filter", "text"], ({ state }, data, bits, filter, text) => {
  let last = { filter: null, selection: null, items: null };

  function items() {
    const { selection } = state;
    const { filter: clauses } = state;
    if (last.filter === clauses && last.selection === selection && last.bits === filter.bits()) return last.items;
    const found = selection ? (filter.isOn() ? selection.filter(filter.passes) : selection) : bits.items(filter.bits());
    last = { filter: clauses, selection, bits: filter.bits(), items: found };
    return found;
  }

  // How many they are and why those.
  function describe() {
    const n = items().length;
    const count = `${text.count(n)} ${n === 1 ? "item" : "items"}`;
    if (state.selection) return `${count} selected`;
    return filter.isOn() ? `${count} of ${text.count(data.points)} in the filter` : count;
  }

  return { items, describe };
});
