// The script beside data.js: of much data what the first map can do without, which comes while that map is shown.
"use strict";

NM.define("rest", ["check", "words"], ({ demand, isText, own }, words) => {
  const nameOf = (digest) => `data-rest-${digest.slice(0, 12)}.js`;

  function arrived(name) {
    return new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = name;
      script.addEventListener("load", done);
      script.addEventListener("error", fail);
      document.head.append(script);
    });
  }

  // Gives the empty ones of the fields their data. A script that was cut short has come as well, and says nothing.
  async function read(digest, fields, empty) {
    demand(/^[0-9a-f]{64}$/.test(digest), words.rest.digest);
    const name = nameOf(digest);
    const isThere = await arrived(name).then(() => true, () => false);
    demand(isThere, words.rest.missing(name));
    const rest = window.NEURAL_MANIFOLD_REST;
    delete window.NEURAL_MANIFOLD_REST;
    demand(rest && typeof rest.data === "object" && rest.data !== null, words.rest.damaged(name));
    demand(rest.digest === digest, words.rest.other(name));
    for (const field of empty) {
      demand(isText(own(rest.data, field)), words.field.noData(field));
      fields[field].data = rest.data[field];
    }
  }

  return { read };
});
