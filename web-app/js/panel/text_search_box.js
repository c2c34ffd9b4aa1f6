// A column of text as a field: only points whose text has these words in it pass.
"use strict";

NM.define("text_search_box", ["store", "filter", "words", "dom"], (store, filter, words, dom) => {
  const REST_MS = 300;

  return function textSearchBox(column) {
    const input = dom.element("input", { type: "search", placeholder: words.columns.has, "aria-label": words.columns.hasLabel(column.name), autocomplete: "off" });
    let timer = 0;

    // What is typed in one go is one step of the history.
    input.addEventListener("input", () => {
      clearTimeout(timer);
      store.set({ brushing: true });
      if (input.value === "") filter.dropColumn(column);
      else filter.set({ op: "has", column: column.name, words: input.value });
      timer = setTimeout(() => store.set({ brushing: false }), REST_MS);
    });

    function refresh() {
      const clause = filter.clauseOf(column);
      const asked = clause?.op === "has" ? clause.words : "";
      if (input.value !== asked) input.value = asked;
    }

    return { node: dom.element("div", {}, input), refresh };
  };
});
