// The words of the page's HTML. An element says in data-words which are its own, and has them before it is seen.
"use strict";

NM.define("labels", ["words", "language"], (words, language) => {
  const PLACES = { label: "aria-label", title: "title", hint: "placeholder" };

  function write(node, own) {
    const given = typeof own === "string" ? { text: own } : own;
    for (const [place, said] of Object.entries(given)) {
      if (place === "text") node.textContent = said;
      else node.setAttribute(PLACES[place], said);
    }
  }

  function fill() {
    document.documentElement.lang = language.tag;
    for (const node of document.querySelectorAll("[data-words]")) {
      write(node, node.dataset.words.split(".").reduce((part, key) => part[key], words));
    }
  }

  return { fill };
});
