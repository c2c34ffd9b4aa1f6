// The panel of the path: what the decoder makes on the way, a slider, and how far each step is from real items.
"use strict";

NM.define("path_view", ["store", "classes", "names", "path", "decoder", "pictures", "thumb", "dom"],
  (store, classes, names, path, decoder, pictures, thumb, dom) => {
    const { state } = store;
    const { byId, element } = dom;
    const FRAMES = 9;

    function show() {
      const trip = state.pathSteps;
      byId("path-none").hidden = trip !== null;
      byId("path-some").hidden = byId("path-clear").hidden = trip === null;
      if (!trip) return;
      const [a, b] = state.path.map((item) => `${classes.nameOf(item)} ${names.short(item)}`);
      byId("path-title").textContent = `${a} → ${b}`;
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
        width: pictures.side, height: pictures.side, role: "img", "aria-label": `${decoder.present ? "Decoded" : "The nearest item"} at ${Math.round(100 * t)} percent of the way`,
      });
      if (decoder.present) pictures.paint(canvas, decoder.decode(path.vectorAt(t)));
      else pictures.paintItem(canvas, stepAt(t).item);
      return element("li", { class: isOffData(stepAt(t)) ? "off-data" : "" }, canvas);
    }

    // Where the slider stands: what the decoder makes there, beside the real item nearest to it.
    function slid() {
      const t = byId("way").value / 100;
      const here = path.itemAt(t);
      byId("way").setAttribute("aria-valuetext", `${Math.round(100 * t)} percent of the way`);
      if (decoder.present) pictures.paint(byId("way-decoded"), decoder.decode(path.vectorAt(t)));
      if (pictures.present) pictures.paintItem(byId("way-real"), here);
      byId("way-caption").textContent = `Nearest real item: ${classes.nameOf(here)} ${names.short(here)}`;
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
      const percent = (t) => `${Math.round(100 * t)}%`;
      byId("path-verdict").textContent = outside.length === 0
        ? "The path stays within the data: every step is as near to a real item as items are to each other."
        : `${outside.length === 1 ? "At" : `From ${percent(outside[0].t)} to`} ${percent(outside.at(-1).t)} of the way the path leaves the data.`
          + (decoder.present ? " A plain autoencoder was never trained there: between islands it decodes images of nothing." : "");
    }

    function items() {
      if (!state.pathSteps) return;
      const onTheWay = new Set(state.pathSteps.steps.map(({ item }) => item));
      byId("path-items").replaceChildren(...[...onTheWay].map((item) => thumb(item)));
    }

    function start() {
      byId("way").addEventListener("input", slid);
      byId("path-clear").addEventListener("click", () => store.set({ path: [] }));
      byId("path-start").addEventListener("click", () => {
        if (state.focused >= 0) path.add(state.focused);
      });
      store.on("focused", () => { byId("path-start").disabled = state.focused < 0; });
      byId("path-start").disabled = true;
      store.on("pathSteps", show);
      store.on("theme color picked", items);
    }

    return { start };
  });
