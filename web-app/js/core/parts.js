// The page's parts. A script defines a part by its name, the parts that it needs and a function that makes it from them;
// a part is made when it is first needed, so that the order of the script tags does not matter.
// This script comes first and makes the one global, NM; scripts outside core/ use NM.define alone.
"use strict";

window.NM = (() => {
  // A fault that the reader can do something about: its message is the sentence that the page shows.
  class Trouble extends Error {}

  const parts = new Map(); // name -> {needs, make}
  const made = new Map();
  const sound = new Set(); // names whose needs are all there, and in no circle

  function define(name, needs, make) {
    if (parts.has(name)) throw new Error(`two scripts define the part “${name}”`);
    parts.set(name, { needs, make });
  }

  function check(name, way = []) {
    if (sound.has(name)) return;
    if (way.includes(name)) {
      const circle = [...way.slice(way.indexOf(name)), name];
      throw new Trouble(`Parts of this page need each other in a circle: ${circle.join(" → ")}.`);
    }
    const part = parts.get(name);
    if (!part && way.length === 0) throw new Trouble(`No script of this page defines the part “${name}”.`);
    if (!part) throw new Trouble(`The part “${way.at(-1)}” of this page needs “${name}”, and no script defines it.`);
    for (const need of part.needs) check(need, [...way, name]);
    sound.add(name);
  }

  function get(name) {
    if (!made.has(name)) {
      check(name);
      const { needs, make } = parts.get(name);
      made.set(name, make(...needs.map(get)));
    }
    return made.get(name);
  }

  // A data.js that is absent fails to load; one that is cut short does not parse. Both happen before any part is made.
  const scripts = { dataTrouble: null };
  window.addEventListener("error", (event) => {
    if (event.target && event.target.id === "data-script") scripts.dataTrouble = "missing";
    else if (/data\.js/.test(event.filename || "")) scripts.dataTrouble = "damaged";
  }, true);

  function showError(sentence) {
    document.getElementById("trouble-text").textContent = sentence;
    document.getElementById("trouble").hidden = false;
    console.error(sentence);
  }

  async function start() {
    try {
      check("main"); // before the data, whose parts the page would else have begun to show
      await get("load").load();
      get("main").start();
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      showError(error.message);
    }
  }

  define("trouble", [], () => ({ Trouble }));
  define("scripts", [], () => scripts);
  document.addEventListener("DOMContentLoaded", start); // after all deferred scripts
  return { define, get };
})();
