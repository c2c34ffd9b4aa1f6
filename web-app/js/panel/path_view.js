// The panel of the path: what the decoder makes on the way, a slider, and how far each step is from real items.
"use strict";

NM.define("path_view", ["store", "names", "path", "decoder", "pictures", "thumb", "words", "dom"],
  (store, names, path, decoder, pictures, thumb, words, dom) => {
    const { state } = store;
    const { byId, element } = dom;
    const FRAMES = 9;

    function show() {
      const trip = state.pathSteps;
      byId("path-none").hidden = trip !== null;
      byId("path-some").hidden = byId("path-clear").hidden = trip === null;
      if (!trip) return;
      for (const [id, name] of [["path-title", names.brief], ["path-ends", names.plain]]) {
        byId(id).textContent = byId(id).title = words.path.from(...state.path.map(name));
      }
      byId("path-ends").hidden = !state.path.some(names.title);
      if (pictures.present) byId("film").replaceChildren(...Array.from({ length: FRAMES }, (_, s) => frame(s / (FRAMES - 1))));
      meter();
      byId("way").value = 50;
      slid();
      items();
    }

    const stepAt = (t) => state.pathSteps.steps[Math.round(t * (state.pathSteps.steps.length - 1))];
    const isOffData = (step) => step.distance > state.pathSteps.limit;

    function frame(t) {
      const canvas = element("canvas", {
        width: pictures.side, height: pictures.side, role: "img", "aria-label": words.path.frame(Math.round(100 * t), decoder.present),
      });
      if (decoder.present) pictures.paint(canvas, decoder.decode(path.vectorAt(t)));
      else pictures.paintItem(canvas, stepAt(t).item);
      return element("li", { class: isOffData(stepAt(t)) ? "off-data" : "" }, canvas);
    }

    // Where the slider stands: what the decoder makes there, beside the real item nearest to it.
    function slid() {
      const t = byId("way").value / 100;
      const here = path.itemAt(t);
      byId("way").setAttribute("aria-valuetext", words.path.at(Math.round(100 * t)));
      if (decoder.present) pictures.paint(byId("way-decoded"), decoder.decode(path.vectorAt(t)));
      if (pictures.present) pictures.paintItem(byId("way-real"), here);
      byId("way-caption").textContent = words.path.nearest(names.brief(here));
      store.set({ pathHere: here });
    }

    // How far each step is from the nearest real item, as bars against the limit.
    function meter() {
      const { steps, limit } = state.pathSteps;
      const top = Math.max(limit * 1.25, ...steps.map((step) => step.distance));
      byId("meter").replaceChildren(...steps.map((step) => {
        const bar = element("span", { class: isOffData(step) ? "off-data" : "" });
        bar.style.height = `${Math.max(2, (100 * step.distance) / top)}%`;
        return bar;
      }));
      byId("meter-limit").style.bottom = `${(100 * limit) / top}%`;
      const outside = steps.filter(isOffData);
      byId("path-verdict").textContent = verdict(outside.map(({ t }) => t)).join(" ");
    }

    // outside: the shares of the way at which the path is off the data.
    function verdict(outside) {
      if (outside.length === 0) return [words.path.inside];
      const where = outside.length === 1 ? words.path.outsideAt(outside[0]) : words.path.outside(outside[0], outside.at(-1));
      return decoder.present ? [where, words.path.untrained] : [where];
    }

    function items() {
      if (!state.pathSteps) return;
      const onTheWay = new Set(state.pathSteps.steps.map(({ item }) => item));
      byId("path-items").replaceChildren(...[...onTheWay].map((item) => thumb(item)));
    }

    function start() {
      const note = () => { byId("path-note").textContent = words.path.none(decoder.present); };
      note();
      store.on("map", note);
      byId("way").addEventListener("input", slid);
      byId("path-clear").addEventListener("click", () => store.set({ path: [] }));
      byId("path-start").addEventListener("click", () => {
        if (state.focused >= 0) path.add(state.focused);
      });
      store.on("focused", () => { byId("path-start").disabled = state.focused < 0; });
      byId("path-start").disabled = true;
      store.on("pathSteps titled", show);
      store.on("theme color picked", items);
    }

    return { start };
  });
