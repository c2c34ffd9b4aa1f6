// An item in one sentence, for the screen reader.
"use strict";

NM.define("describe", ["data", "classes", "names", "neighbors", "percentiles", "color_modes", "speech", "text"],
  (data, classes, names, neighbors, percentiles, colorModes, speech, text) => {
    function describe(item) {
      const parts = [classes.nameOf(item), names.called(item)];
      if (data.errors) {
        const percent = Math.round(100 * percentiles.share(data.errors, data.errors[item]));
        const word = percent >= 90 ? "high" : percent >= 50 ? "middling" : "low";
        parts.push(`reconstruction error ${word} (${text.ordinal(percent)} percentile)`);
      }
      const mode = colorModes.current();
      if (mode !== colorModes.plain && mode.key !== "error") parts.push(`${mode.title}: ${colorModes.read(mode, item)}`);
      if (neighbors.present && data.points <= neighbors.LIVE_LIMIT) {
        const { kept, latent } = neighbors.compare(item);
        parts.push(`${kept.length} of ${latent.length} neighbors kept`);
      }
      return parts.join(", ");
    }

    return { describe, announce: (item) => speech.say(describe(item)) };
  });
