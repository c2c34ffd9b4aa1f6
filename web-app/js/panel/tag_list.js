// Tags in the tab of the selection: a word for the items at hand, and all words that were given.
"use strict";

NM.define("tag_list", ["store", "tags", "tag_store", "at_hand", "filter", "bits", "save_items", "speech", "text", "words", "dom"],
  (store, tags, tagStore, atHand, filter, bits, saveItems, speech, text, words, dom) => {
    const { state } = store;
    const { byId, element } = dom;

    const isOn = () => state.selection !== null || filter.isOn();

    function add(event) {
      event.preventDefault();
      const word = byId("tag-word").value.trim();
      if (word === "" || !isOn()) return;
      const items = atHand.items();
      tags.add(word, items);
      byId("tag-word").value = "";
      speech.say(words.tags.said(items.length, word));
    }

    function link(label, title, run) {
      const button = element("button", { type: "button", class: "link", text: label, "aria-label": title, title });
      button.addEventListener("click", run);
      return button;
    }

    function row(word, set, hand) {
      const inHand = hand ? bits.count(bits.both(set, hand)) : 0;
      const all = bits.count(set);
      const select = element("button", { type: "button", class: "word", title: words.tags.select(word) },
        element("span", { text: word }), element("b", { text: hand ? words.filter.count(inHand, all) : text.count(all) }));
      select.addEventListener("click", () => store.set({ selection: bits.items(set) }));
      const untag = link(words.tags.untag, words.tags.untagOf(word), () => tags.remove(word, atHand.items()));
      untag.style.visibility = inHand > 0 ? "visible" : "hidden";
      return element("li", {}, select, untag, link(words.tags.delete, words.tags.deleteOf(word), () => tags.drop(word)));
    }

    function refresh() {
      if (state.tab !== "selection" || state.brushing) return;
      byId("tag-form").hidden = !isOn();
      const hand = isOn() ? bits.of(atHand.items()) : null;
      byId("tag-rows").replaceChildren(...[...state.tags].map(([word, set]) => row(word, set, hand)));
      byId("tag-words").replaceChildren(...[...state.tags.keys()].map((value) => element("option", { value })));
      byId("tags-some").hidden = state.tags.size === 0;
      byId("tag-note").textContent = tagStore.isRefused() ? words.tags.refused : "";
    }

    // A line for each item and tag: what joins it to the data is the id, or the row where there are no ids.
    function csv() {
      const lines = Object.entries(tagStore.plain()).flatMap(([word, items]) => items.map((name) => [name, word].map(saveItems.cell).join(",")));
      return ["item,tag", ...lines, ""].join("\r\n");
    }

    function start() {
      byId("tag-form").addEventListener("submit", add);
      byId("tags-csv").addEventListener("click", () => saveItems.save("tags.csv", "text/csv", csv()));
      byId("tags-json").addEventListener("click", () => saveItems.save("tags.json", "application/json", JSON.stringify(tagStore.plain(), null, 1)));
      store.on("tab tags selection filter brushing", refresh);
    }

    return { start };
  });
