// data-rest.js: of much data what the first map can do without, which comes while that map is shown.
"use strict";

NM.define("rest", ["check", "words"], ({ demand, isText, own }, words) => {
  function arrived() {
    return new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = "data-rest.js";
      script.addEventListener("load", done);
      script.addEventListener("error", fail);
      document.head.append(script);
    });
  }

  // Gives the empty ones of the fields their data. A script that was cut short has come as well, and says nothing.
  async function read(digest, fields, empty) {
    const isThere = await arrived().then(() => true, () => false);
    demand(isThere, words.rest.missing);
    const rest = window.NEURAL_MANIFOLD_REST;
    delete window.NEURAL_MANIFOLD_REST;
    demand(rest && typeof rest.data === "object" && rest.data !== null, words.rest.damaged);
    demand(rest.digest === digest, words.rest.other);
    for (const name of empty) {
      demand(isText(own(rest.data, name)), words.field.noData(name));
      fields[name].data = rest.data[name];
    }
  }

  return { read };
});
