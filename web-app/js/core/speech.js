// What a screen reader is told.
"use strict";

NM.define("speech", ["dom"], (dom) => {
  return { say: (text) => { dom.byId("live").textContent = text; } };
});
