// A picture that the reader drops on the page, pastes or chooses: the network in the page makes a vector of it, and it lies
// on the map among its neighbors until it is removed.
"use strict";

NM.define("dropped", ["store", "encoder", "decoder", "latents", "place", "pictures", "thumb", "view", "overlay", "speech", "text", "words", "dom"],
  (store, encoder, decoder, latents, place, pictures, thumb, view, overlay, speech, text, words, dom) => {
    const { state } = store;
    const { byId } = dom;
    const INSIDE = 1.5; // so many times as isolated as its neighbors, a picture is still among the data
    const FAR = 2.5;
    const SHOWN = 10;
    let asked = 0;

    function trouble(sentence) {
      byId("dropped").hidden = false;
      byId("dropped-some").hidden = true;
      byId("dropped-note").textContent = sentence;
      speech.say(sentence);
    }

    async function take(file) {
      const ask = ++asked;
      const planes = await encoder.pictureOf(file);
      if (ask !== asked) return;
      if (!planes) {
        store.set({ dropped: null });
        trouble(words.dropped.unread(file.name || words.dropped.pasted));
        return;
      }
      store.set({ dropped: { name: file.name || words.dropped.picture, planes, vector: encoder.encode(planes), around: null } });
    }

    function verdict(outside) {
      const times = Number.isFinite(outside) ? text.fixed(outside, 1) : words.dropped.infinitely;
      return words.dropped[outside <= INSIDE ? "among" : outside >= FAR ? "far" : "outside"](times);
    }

    // What is at the first set of vectors, which the network makes, can be found on maps of it alone.
    function show() {
      const { dropped } = state;
      byId("dropped").hidden = dropped === null;
      overlay.request();
      if (!dropped) return;
      byId("dropped-some").hidden = latents.number() !== 0;
      byId("dropped-note").textContent = words.dropped.elsewhere;
      if (latents.number() !== 0) return;
      dropped.around ??= place.around(dropped.vector);
      const { items, outside } = dropped.around;
      byId("dropped-name").textContent = dropped.name;
      pictures.paint(byId("dropped-picture"), dropped.planes);
      if (decoder.present) pictures.paint(byId("dropped-decoded"), decoder.decode(dropped.vector));
      byId("dropped-note").textContent = verdict(outside);
      byId("dropped-neighbors").replaceChildren(...items.slice(0, SHOWN).map((item) => thumb(item)));
      speech.say(words.dropped.said(dropped.name, verdict(outside)));
      into();
    }

    const placed = () => place.on(state.map, state.dropped.around);

    // The view follows where the place is out of sight.
    function into() {
      const [x, y] = placed();
      const { x0, x1, y0, y1 } = state.view;
      if (x > x0 && x < x1 && y > y0 && y < y1) return;
      const [w, h] = [(x1 - x0) / 2, (y1 - y0) / 2];
      store.set({ view: { x0: x - w, x1: x + w, y0: y - h, y1: y + h } });
    }

    // A cross in a ring: no item looks so.
    function paint(context, f) {
      if (!state.dropped?.around || latents.number() !== 0) return false;
      const [x, y] = view.toScreen(f, ...placed());
      for (const [color, width] of [[dom.css("--ground"), 6], [dom.css("--accent"), 2.5]]) {
        context.strokeStyle = color;
        context.lineWidth = width;
        context.beginPath();
        context.arc(x, y, 9, 0, 2 * Math.PI);
        context.moveTo(x - 15, y);
        context.lineTo(x + 15, y);
        context.moveTo(x, y - 15);
        context.lineTo(x, y + 15);
        context.stroke();
      }
      return true;
    }

    function remove() {
      asked++;
      byId("dropped").hidden = true;
      store.set({ dropped: null });
    }

    function start() {
      if (!encoder.present) return;
      overlay.add("dropped", paint);
      byId("drop-choose").addEventListener("click", () => byId("drop-file").click());
      byId("drop-file").addEventListener("change", ({ target }) => {
        if (target.files.length > 0) take(target.files[0]);
        target.value = ""; // the same file can be chosen again
      });
      byId("dropped-remove").addEventListener("click", remove);
      document.addEventListener("dragover", (event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        document.body.classList.add("dropping");
      });
      document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("dropping"); });
      document.addEventListener("drop", (event) => {
        document.body.classList.remove("dropping");
        const [file] = event.dataTransfer?.files ?? [];
        if (!file) return;
        event.preventDefault(); // else the browser leaves the page for the file
        take(file);
      });
      document.addEventListener("paste", (event) => {
        const [file] = event.clipboardData?.files ?? [];
        if (file) take(file);
      });
      store.on("dropped map theme", show);
    }

    return { start };
  });
