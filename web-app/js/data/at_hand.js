// The items that a person is working with: those selected that pass the filter; without a selection, all that pass it.
"use strict";

NM.define("at_hand", ["store", "data", "bits", "filter", "words"], ({ state }, data, bits, filter, words) => {
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
    if (state.selection) return words.hand.selected(n);
    return filter.isOn() ? words.hand.inFilter(n, data.points) : words.items(n);
  }

  return { items, describe };
});
