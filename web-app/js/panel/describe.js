// An item in one sentence, for the screen reader.
"use strict";

NM.define("describe", ["data", "names", "neighbors", "percentiles", "color_modes", "speech", "words"],
  (data, names, neighbors, percentiles, colorModes, speech, words) => {
    function describe(item) {
      const parts = [names.full(item)];
      if (data.errors) {
        const percent = Math.round(100 * percentiles.share(data.errors, data.errors[item]));
        const size = percent >= 90 ? "high" : percent >= 50 ? "middling" : "low";
        parts.push(words.panel.errorIs[size](percent));
      }
      const mode = colorModes.current();
      if (mode !== colorModes.plain && mode.key !== "error") parts.push(words.panel.is(mode.title, colorModes.read(mode, item)));
      if (neighbors.present && data.points <= neighbors.LIVE_LIMIT) {
        const { kept, latent } = neighbors.compare(item);
        parts.push(words.panel.neighborsKept(kept.length, latent.length));
      }
      return parts.join(", ");
    }

    return { describe, announce: (item) => speech.say(describe(item)) };
  });
