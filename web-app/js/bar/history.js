// Undo and redo of what a person decides: filter, selection, tags, colors. What the store holds never changes in place, so
// that a step is the values of before.
"use strict";

NM.define("history", ["store", "speech", "words", "dom"], (store, speech, words, dom) => {
  const { state } = store;
  const { byId } = dom;
  const KEYS = ["filter", "selection", "tags", "picked", "color", "byRank"];
  const MAX_STEPS = 200;
  const done = [];
  let undone = [];
  let last = null;
  let moving = false; // a step back or forth is itself no step

  const now = () => Object.fromEntries(KEYS.map((key) => [key, state[key]]));
  // A filter that is told anew with the same clauses is no step.
  const sameFilter = (a, b) => a.length === b.length && a.every((clause, at) => clause === b[at]);
  const differs = (a, b) => KEYS.some((key) => (key === "filter" ? !sameFilter(a.filter, b.filter) : a[key] !== b[key]));

  // A brush is one step, however often it moved.
  function changed() {
    if (moving || state.brushing || !differs(last, now())) return;
    done.push(last);
    if (done.length > MAX_STEPS) done.shift();
    undone = [];
    last = now();
    refresh();
  }

  function go(from, to, said) {
    if (from.length === 0) return;
    to.push(last);
    last = from.pop();
    moving = true;
    store.set(last);
    moving = false;
    last = now(); // what the rest of the page made of it
    refresh();
    speech.say(said);
  }

  const undo = () => go(done, undone, words.bar.undone);
  const redo = () => go(undone, done, words.bar.redone);

  function refresh() {
    byId("undo").disabled = done.length === 0;
    byId("redo").disabled = undone.length === 0;
  }

  // A text has the browser's own undo; in an empty field there is none to undo.
  const isTyping = ({ target }) => target instanceof HTMLElement && Boolean(target.closest("input:not([type=range]), textarea")?.value);

  function pressed(event) {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || isTyping(event)) return;
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) redo();
    else undo();
  }

  function start() {
    byId("undo").addEventListener("click", undo);
    byId("redo").addEventListener("click", redo);
    document.addEventListener("keydown", pressed);
    last = now();
    store.on(`${KEYS.join(" ")} brushing`, changed);
    // What the address asks for is where one begins.
    setTimeout(() => {
      last = now();
      done.length = 0;
      refresh();
    });
  }

  return { start };
});
