// Short ways to the page's elements.
"use strict";

NM.define("dom", [], () => {
  const byId = (id) => document.getElementById(id);

  // Every text on the page goes through textContent: data.js may hold any string.
  function element(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "text") node.textContent = value;
      else node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  // A color or font of the style sheet, as the theme has it now.
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  return {
    byId, element, css,
    reducedMotion: () => window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    isPhone: () => window.matchMedia("(max-width: 760px)").matches,
  };
});
