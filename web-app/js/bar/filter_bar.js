// The filter in words, over the map: how many points pass, and each clause with a way to drop it.
"use strict";

NM.define("filter_bar", ["store", "data", "filter", "clauses", "speech", "words", "dom"], (store, data, filter, clauses, speech, words, dom) => {
  const { state } = store;
  const { byId, element } = dom;

  const said = () => words.filter.count(filter.count(), data.points);

  let chips = []; // {target, write}

  function chipOf(target) {
    const [name, asked] = [element("b"), document.createTextNode("")];
    const button = element("button", { type: "button" }, element("span", {}, name, asked));
    button.addEventListener("click", () => {
      filter.drop(target);
      byId("stage").focus({ preventScroll: true }); // the button is gone
    });
    function write(clause) {
      const [of, what] = clauses.describe(clause);
      name.textContent = `${of} `;
      asked.nodeValue = what;
      button.title = `${of}: ${what}`;
      button.setAttribute("aria-label", words.filter.drop(of, what));
    }
    return { target, node: element("li", {}, button), write };
  }

  // Under a brush the chips are the same, and only their words change.
  function refresh() {
    byId("filter-bar").hidden = !filter.isOn();
    byId("filter-count").textContent = said();
    const targets = state.filter.map(clauses.target);
    if (targets.join("\n") !== chips.map(({ target }) => target).join("\n")) {
      chips = targets.map(chipOf);
      byId("filter-clauses").replaceChildren(...chips.map(({ node }) => node));
    }
    state.filter.forEach((clause, at) => chips[at].write(clause));
  }

  function announce() {
    if (!state.brushing) speech.say(filter.isOn() ? words.filter.passing(filter.count(), data.points) : words.filter.none);
  }

  function start() {
    byId("filter-clear").addEventListener("click", () => {
      filter.clear();
      byId("stage").focus({ preventScroll: true });
    });
    store.on("filter", refresh);
    store.on("filter brushing", announce);
    refresh();
  }

  return { start };
});
