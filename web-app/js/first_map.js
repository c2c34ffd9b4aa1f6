// The map and what is said above it: all that is shown while the page still reads vectors, pictures and texts.
"use strict";

NM.define("first_map", ["store", "data", "latents", "dom", "words", "tour", "view", "drawing", "legend", "map_switch", "color_select", "scores", "time"],
  (store, data, latents, { byId, element }, words, tour, ...parts) => {
    let isStarted = false;

    function about({ points, model }) {
      const said = [(data.isPictured ? words.about.images : words.about.items)(points)];
      const sizes = data.vectors.filter(({ numbers }) => numbers).map(({ numbers, origin }) => (origin === "latent" ? words.about.latentDimensions : words.about.dimensions)(numbers.size));
      said.push(...new Set(sizes));
      if (model && Number.isFinite(model.test_loss)) said.push(words.about.loss(model.test_loss.toPrecision(3), model.unit));
      if (model && Number.isFinite(model.parameters)) said.push(words.about.parameters(model.parameters));
      return said;
    }

    function hint() {
      byId("hint-try").textContent = latents.present ? words.hint.tryLatents : words.hint.try;
    }

    function start(isWaiting = false) {
      byId("app").classList.toggle("waiting", isWaiting);
      for (const part of ["legend", "stage"]) byId(part).inert = isWaiting;
      if (isStarted) return;
      isStarted = true;
      document.title = `${data.title} · neural-manifold`;
      byId("title").textContent = data.title;
      byId("about").replaceChildren(...about(data).map((part, at) => element("span", { text: at > 0 ? ` · ${part}` : part })));
      byId("hint-dots").textContent = words.hint.dots(data.isPictured, Boolean(data.decoder));
      hint();
      store.on("map", hint);
      byId("app").hidden = false;
      byId("drop-choose").hidden = !data.encoder;
      tour.offer();
      for (const part of parts) part.start();
      if (isWaiting) performance.mark("map-drawn");
    }

    return { start };
  });
