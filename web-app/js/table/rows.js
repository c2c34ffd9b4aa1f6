// The rows of the table: the items at hand in the order that was asked for.
"use strict";

NM.define("rows", ["at_hand", "bits", "order"], (atHand, bits, order) => {
  // sort: {column: null for the items' names, down}, or null for the order of the data.
  async function of(sort) {
    const items = atHand.items();
    if (sort === null) return items;
    const { order: all, present } = await order.of(sort.column);
    const wanted = bits.of(items);
    const rows = new Uint32Array(items.length);
    let at = 0;
    // What is missing comes last in either direction.
    for (let place = 0; place < present; place++) {
      const item = all[sort.down ? present - 1 - place : place];
      if (bits.has(wanted, item)) rows[at++] = item;
    }
    for (let place = present; place < all.length; place++) if (bits.has(wanted, all[place])) rows[at++] = all[place];
    return rows;
  }

  return { of };
});
