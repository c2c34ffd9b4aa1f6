// All gestures and keys, and what the scores mean, by "?".
"use strict";

NM.define("help", ["dom"], ({ byId }) => {
  const isTyping = (target) => target.closest?.("input, textarea, select");

  function pressed(event) {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
    event.preventDefault();
    byId("help").showModal();
  }

  function start() {
    const dialog = byId("help");
    byId("help-open").addEventListener("click", () => dialog.showModal());
    byId("help-close").addEventListener("click", () => dialog.close());
    // A click beside the sheet is on the dialog itself.
    dialog.addEventListener("click", ({ target }) => { if (target === dialog) dialog.close(); });
    // Escape closes this and undoes nothing on the map, and no other key is meant for the map.
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    document.addEventListener("keydown", pressed);
  }

  return { start };
});
