// What takes longer than a frame and so comes when the pointer has settled: the decoded image and the neighbours.
(function () {
  "use strict";
  const NM = window.NeuralManifold;
  const { state, byId, element } = NM;

  let timer = 0;
  let compared = null; // the neighbours now shown: {item, kept, torn, strangers, latent}

  const delay = () => (NM.data.points <= NM.neighbors.INSTANT ? 30 : 140);

  function picked() {
    clearTimeout(timer);
    compared = null;
    NM.overlay.request();
    const item = state.picked;
    byId("details").classList.toggle("pending", item >= 0);
    if (item < 0) clear();
    else timer = setTimeout(() => show(item), delay());
  }

  function clear() {
    for (const name of ["decoded", "difference"]) {
      const canvas = byId(name);
      canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    }
    byId("error").textContent = "";
    byId("kept").textContent = "";
    byId("neighbors").replaceChildren();
  }

  function show(item) {
    byId("details").classList.remove("pending");
    decoded(item, NM.latent(item));
    compared = NM.neighbors.compare(item);
    const { kept, latent } = compared;
    byId("kept").textContent = `${kept.length} of ${latent.length} kept on this map`;
    strip(compared);
    NM.overlay.request();
  }

  // The image that the decoder makes of a latent vector, and how it differs from the item's own.
  function decoded(item, vector) {
    const { data } = NM;
    if (data.errors) {
      const error = data.errors[item];
      const percent = Math.round(100 * NM.colors.percentile(data.errors, error));
      byId("error").textContent = `Reconstruction error ${error.toFixed(3)}, ${NM.keyboard.ordinal(percent)} percentile`;
    }
    if (!data.decoder) return;
    const grey = NM.decoder.decode(vector);
    NM.panel.paint(byId("decoded"), grey);
    if (data.images) NM.panel.paintDifference(byId("difference"), item, grey);
  }

  // The neighbours as small pictures: those the map keeps, those it tears away, and those it shows falsely.
  function strip({ kept, torn, strangers }) {
    const groups = [["kept", kept], ["torn", torn], ["false", strangers]];
    byId("neighbors").replaceChildren(...groups.flatMap(([kind, items]) => items.map((item) => thumb(item, kind))));
  }

  function thumb(item, kind) {
    const name = NM.data.classNames[NM.data.labels[item]];
    const button = element("button", { type: "button", class: `thumb ${kind}`, title: `${name}, item ${NM.data.index[item]}`,
      "aria-label": `${kind ? `${kind} neighbour: ` : ""}${name}, item ${NM.data.index[item]}` });
    const canvas = element("canvas", { width: NM.data.side, height: NM.data.side });
    NM.panel.paintItem(canvas, item);
    button.style.setProperty("--item", NM.colors.classColor(NM.data.labels[item]));
    button.append(canvas);
    button.addEventListener("click", () => NM.keyboard.choose(item));
    return button;
  }

  // Lines from the item: solid to a neighbour that the map keeps, dashed to one it has torn away;
  // a hollow ring on one that only seems near.
  function paint(context, f) {
    if (!compared || state.picked < 0) return false;
    const { x, y } = NM.data.maps[state.map];
    const from = NM.view.toScreen(f, x[state.picked], y[state.picked]);
    const style = getComputedStyle(document.documentElement);
    context.strokeStyle = style.getPropertyValue("--ink");
    context.lineWidth = 1.25;
    const line = (item, dash) => {
      context.setLineDash(dash);
      context.beginPath();
      context.moveTo(...from);
      context.lineTo(...NM.view.toScreen(f, x[item], y[item]));
      context.stroke();
    };
    for (const item of compared.kept) line(item, []);
    for (const item of compared.torn) line(item, [4, 4]);
    context.setLineDash([]);
    for (const item of [...compared.kept, ...compared.torn]) {
      context.fillStyle = NM.colors.classColor(NM.data.labels[item]);
      context.beginPath();
      context.arc(...NM.view.toScreen(f, x[item], y[item]), 4.5, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
    context.fillStyle = style.getPropertyValue("--ground");
    for (const item of compared.strangers) {
      context.beginPath();
      context.arc(...NM.view.toScreen(f, x[item], y[item]), 4, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
    return true;
  }

  function start() {
    byId("pictures").classList.toggle("plain", !NM.data.decoder);
    NM.on("picked map", picked);
    NM.overlay.add(40, paint);
  }

  NM.details = { start, decoded, thumb };
})();
