// A column of text as a field: only points whose text has these words in it pass.
"use strict";

NM.define("text_search_box", ["store", "filter", "dom"], (store, filter, dom) => {
  const REST_MS = 300;

  return function textSearchBox(column) {
    const input = dom.element("input", { type: "search", placeholder: "Has the words…", "aria-label": `${column.name} has the words`, autocomplete: "off" });
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
      const words = clause?.op === "has" ? clause.words : "";
      if (input.value !== words) input.value = words;
    }

    return { node: dom.element("div", {}, input), refresh };
  };
});
