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

  // What is wrong with the scripts, in a sentence; where the words themselves are not there, the parts are named alone.
  const sentence = (fault, ...names) => made.get("words")?.scripts[fault](...names) ?? names.join(" ");

  function check(name, way = []) {
    if (sound.has(name)) return;
    if (way.includes(name)) {
      const circle = [...way.slice(way.indexOf(name)), name];
      throw new Trouble(sentence("circle", circle.join(" → ")));
    }
    const part = parts.get(name);
    if (!part && way.length === 0) throw new Trouble(sentence("none", name));
    if (!part) throw new Trouble(sentence("need", way.at(-1), name));
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
    document.getElementById("app").hidden = true; // of much data the map may be there already
    console.error(sentence);
  }

  async function start() {
    try {
      get("labels").fill();
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
