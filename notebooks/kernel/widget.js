// The explorer below a notebook's cell: the page in a frame that cannot reach the notebook, whose selection the kernel keeps.
// anywidget loads this script and hands it the model, of which the kernel has the other end.
export default {
  render({ model, el }) {
    const frame = document.createElement("iframe");
    frame.title = "neural-manifold";
    frame.setAttribute("sandbox", "allow-scripts allow-downloads");
    frame.style.cssText = "width: 100%; height: 720px; border: 0; display: block";
    el.append(frame);
    let address = null;

    // The picture before it stands for it where no kernel runs.
    const hideStill = new ResizeObserver(() => {
      const still = el.closest(".jp-OutputArea-child")?.previousElementSibling;
      if (still?.querySelector(".jp-RenderedImage")) still.style.display = "none";
    });
    hideStill.observe(frame);

    const trouble = document.createElement("p");

    function show(content, buffers) {
      if (content.kind === "trouble") {
        trouble.textContent = content.trouble;
        el.prepend(trouble);
      }
      if (content.kind !== "page" || address) return;
      if (content.trouble) {
        el.replaceChildren(content.trouble);
        return;
      }
      address = URL.createObjectURL(new Blob([buffers[0]], { type: "text/html" }));
      frame.src = address;
    }

    const select = (rows) => frame.contentWindow?.postMessage({ neuralManifold: 1, select: rows }, "*");
    const highlight = () => select(model.get("highlight").rows);

    function heard({ source, data }) {
      if (source !== frame.contentWindow || data?.neuralManifold !== 1) return;
      if (data.ready) {
        // The browser's page was loaded anew, or the notebook shows the explorer twice.
        if (model.get("selection").length > 0) select(model.get("selection"));
      } else if (Array.isArray(data.selection)) {
        trouble.remove();
        model.set("selection", data.selection);
        model.save_changes();
      }
    }

    window.addEventListener("message", heard);
    model.on("msg:custom", show);
    model.on("change:highlight", highlight);
    model.send({ kind: "page" });
    return () => {
      hideStill.disconnect();
      window.removeEventListener("message", heard);
      model.off("msg:custom", show);
      model.off("change:highlight", highlight);
      if (address) URL.revokeObjectURL(address);
    };
  },
};
