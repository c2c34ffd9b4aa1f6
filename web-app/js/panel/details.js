// What takes longer than a frame and so comes when the pointer has settled: the decoded image and the neighbors.
"use strict";

NM.define("details", ["store", "data", "neighbors", "slices", "decoder", "pictures", "percentiles", "heatmap", "thumb", "text", "words", "dom"],
  (store, data, neighbors, slices, decoder, pictures, percentiles, heatmap, thumb, text, words, dom) => {
    const { state } = store;
    const { byId } = dom;

    let timer = 0;
    let asked = 0; // counts what the details were asked of
    const delay = data.points <= neighbors.LIVE_LIMIT ? 30 : 140;

    function refocused() {
      clearTimeout(timer);
      asked++;
      store.set({ compared: null });
      const item = state.focused;
      byId("details").classList.toggle("pending", item >= 0);
      if (item < 0) clear();
      else timer = setTimeout(settled, delay);
    }

    function clear() {
      for (const name of ["decoded", "difference"]) pictures.blank(byId(name));
      byId("error").textContent = "";
      byId("kept").textContent = "";
      byId("neighbors").replaceChildren();
    }

    function settled() {
      decoded();
      error();
      compare();
    }

    async function compare() {
      const own = asked;
      const compared = await slices.run(neighbors.comparing(state.focused), () => own === asked);
      if (own !== asked) return;
      byId("details").classList.remove("pending");
      store.set({ compared });
      strip();
    }

    // The image that the decoder makes of the shown vector, and how it differs from the item's own.
    function decoded() {
      if (!decoder.present || state.focused < 0) return;
      const values = decoder.decode(heatmap.shownVector());
      pictures.paint(byId("decoded"), values);
      if (pictures.own) pictures.paintDifference(byId("difference"), state.focused, values);
    }

    function error() {
      if (!data.errors) return;
      const own = data.errors[state.focused];
      const percent = Math.round(100 * percentiles.share(data.errors, own));
      byId("error").textContent = words.panel.error(text.fixed(own, 3), percent);
    }

    // The neighbors as small pictures: those the map keeps, those it tears away, and those it shows falsely.
    function strip() {
      if (!state.compared) return;
      const { kept, torn, falseNeighbors, latent } = state.compared;
      if (neighbors.present) byId("kept").textContent = words.panel.keptOf(kept.length, latent.length);
      const groups = neighbors.present ? [["kept", kept], ["torn", torn], ["false", falseNeighbors]] : [["", falseNeighbors]];
      byId("neighbors").replaceChildren(...groups.flatMap(([kind, items]) => items.map((item) => thumb(item, kind))));
    }

    function start() {
      store.on("focused map", refocused);
      // Before the pointer has settled there is nothing to paint anew.
      store.on("edited theme", (_, changed) => { if (state.compared && !changed.has("focused")) decoded(); });
      store.on("theme color picked", strip);
    }

    return { start };
  });
