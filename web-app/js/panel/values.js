// What the columns say of the focused item. Every row keeps its height, so that the panel stands still under the eye.
"use strict";

NM.define("values", ["store", "data", "columns", "pictures", "words", "dom"], (store, data, columns, pictures, words, dom) => {
  const { state } = store;
  const { byId, element } = dom;
  const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;
  let rows = []; // {column, node, texts: those of a column of text once they were read}
  let card = null;

  // Words with their links, which open in a window of their own that knows nothing of this page.
  function linked(said) {
    const parts = [];
    let from = 0;
    for (const { 0: address, index } of said.matchAll(LINK)) {
      parts.push(said.slice(from, index), element("a", { href: address, target: "_blank", rel: "noopener noreferrer", text: address }));
      from = index + address.length;
    }
    return [...parts, said.slice(from)].filter((part) => part !== "");
  }

  function write(node, column, item, texts) {
    const said = item < 0 ? "" : columns.shown(column, item, texts);
    node.classList.toggle("missing", item >= 0 && said === "");
    if (item >= 0 && said === "") node.textContent = column.isOwn ? words.panel.noTag : column.none ?? words.missing;
    else if (said.includes("://")) node.replaceChildren(...linked(said));
    else node.textContent = said;
    if (column.kind === "text") node.scrollTop = 0;
    else node.title = said;
  }

  // A column of text is read when the first item is looked at.
  function fill(row) {
    const { column, node } = row;
    if (column.kind !== "text" || row.texts) return write(node, column, state.focused, row.texts);
    if (row.asked || state.focused < 0) return;
    row.asked = true;
    column.texts().then((texts) => {
      row.texts = texts;
      write(node, column, state.focused, texts);
    }, (error) => {
      node.textContent = error.message;
      console.error(error.message);
    });
  }

  function show() {
    for (const row of rows) fill(row);
    if (card) fill(card);
  }

  // Where no item has a picture, the words stand in its place, but for a title, which stands above.
  function build() {
    const inCard = pictures.present || (state.titled && data.titles === data.text) ? null : data.text;
    card = inCard && { column: inCard, node: byId("card"), texts: null, asked: false };
    byId("card").hidden = card === null;
    const others = data.columns.filter((column) => column !== data.label && column !== inCard);
    rows = others.map((column) => ({ column, node: element("dd", { class: column.kind }), texts: null, asked: false }));
    for (const { column, node } of rows) node.classList.toggle("title", state.titled && column === data.titles);
    byId("values").replaceChildren(...rows.flatMap(({ column, node }) => [element("dt", { text: column.name, title: column.name }), node]));
    byId("values").hidden = rows.length === 0;
    show();
  }

  function start() {
    build();
    store.on("focused", show);
    store.on("tags named titled", build); // tags are a column as well, and clusters one anew when they are named
  }

  return { start };
});
