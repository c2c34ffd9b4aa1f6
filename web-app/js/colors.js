// From what the map is coloured by to a group and a colour for every point.
// Groups, not a colour a point: Plotly draws a trace a group ten times faster than one trace of many colours.
(function () {
  "use strict";
  const NM = window.NeuralManifold;

  const BINS = 16;
  const CONTEXT = 255; // the group of points whose class is hidden

  // Ten hues that stay apart under protanopia, deuteranopia and tritanopia, on either ground.
  const CLASSES = {
    light: ["#197499", "#f59a3d", "#493b97", "#119d6e", "#8a245d", "#11c3fc", "#605803", "#b882ba", "#c06600", "#95c195"],
    dark: ["#59b3fd", "#ffc444", "#8c77dd", "#8aedb5", "#b7477a", "#dcc9fd", "#777c16", "#f685c0", "#bd856f", "#a3ac19"],
  };
  const GREY = { light: "#dfe1e5", dark: "#33363d" };
  // Pale where nothing is to be seen, strong where the eye should go.
  const RAMPS = {
    light: ["#e6e3de", "#f2c08a", "#e07b28", "#a8410b", "#571a05"],
    dark: ["#34363c", "#7a4a2a", "#cf7a34", "#ffab5c", "#ffe6c4"],
  };
  const DISTANCE = {
    light: ["#dfe3ea", "#a9c3e6", "#5c8fd6", "#2b56b4", "#101f5c"],
    dark: ["#30333b", "#34558f", "#4c86d8", "#8fbcff", "#e8f1ff"],
  };
  const DIVERGING = {
    light: ["#1d5f9e", "#7fb0d8", "#f3f2ef", "#eba463", "#a8480c"],
    dark: ["#86bdf2", "#3c6a98", "#25282e", "#93592b", "#f3a862"],
  };

  const theme = () => (document.documentElement.dataset.theme === "dark" ? "dark" : "light");

  const parse = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const format = (rgb) => "#" + rgb.map((v) => Math.round(v).toString(16).padStart(2, "0")).join("");

  function mix(stops, t) {
    const at = Math.max(0, Math.min(1, t)) * (stops.length - 1);
    const low = Math.min(stops.length - 2, Math.floor(at));
    const [a, b] = [parse(stops[low]), parse(stops[low + 1])];
    return format(a.map((v, c) => v + (b[c] - v) * (at - low)));
  }

  // Beyond ten classes the hues come round again, a step lighter or darker each time.
  function classColor(label) {
    const hues = CLASSES[theme()];
    const round = Math.floor(label / hues.length);
    const color = hues[label % hues.length];
    if (round === 0) return color;
    const towards = round % 2 ? "#000000" : "#ffffff";
    return mix([color, towards], 0.22 * Math.ceil(round / 2));
  }

  // On the ground of a coloured cell, whichever of black and white reads better: never less than 4.5 to 1.
  function inkOn(hex) {
    const [r, g, b] = parse(hex).map((v) => (v / 255 <= 0.04045 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000000" : "#ffffff";
  }

  const bins = (stops) => Array.from({ length: BINS }, (_, b) => mix(stops, b / (BINS - 1)));

  // The share of values below each value, in [0, 1]; made once an array.
  const ranks = new WeakMap();
  function percentiles(values) {
    if (!ranks.has(values)) ranks.set(values, Float32Array.from(values).sort());
    return ranks.get(values);
  }
  function percentile(values, value) {
    const sorted = percentiles(values);
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low / sorted.length;
  }

  // Each way of colouring: `level(i)` in [0, 1], the colours from 0 to 1, and the words at the two ends.
  function scale(key) {
    const { data } = NM;
    const map = data.maps[NM.state.map];
    if (key === "trust" && map.trust) {
      return { level: (i) => 1 - map.trust[i] / 255, stops: RAMPS[theme()], ends: ["trusted", "false neighbours"] };
    }
    if (key === "continuity" && map.continuity) {
      return { level: (i) => 1 - map.continuity[i] / 255, stops: RAMPS[theme()], ends: ["whole", "torn"] };
    }
    if (key === "error" && data.errors) {
      return { level: (i) => percentile(data.errors, data.errors[i]), stops: RAMPS[theme()], ends: ["small error", "large error"] };
    }
    if (key.startsWith("latent:")) {
      const dimension = Number(key.slice(7));
      const { stored, offset, step } = data.latents;
      const size = data.latentSize;
      const reach = NM.latentReach();
      return {
        level: (i) => 0.5 + (offset[dimension] + step[dimension] * stored[i * size + dimension]) / (2 * reach),
        stops: DIVERGING[theme()], ends: [`−${reach.toFixed(1)}`, `+${reach.toFixed(1)}`],
      };
    }
    return null;
  }

  // {group: a number a point, colors: one a group}; hidden classes are in the group CONTEXT.
  function groups() {
    const { data, state } = NM;
    const group = new Uint8Array(data.points);
    const ramp = scale(state.color);
    if (ramp) {
      for (let i = 0; i < data.points; i++) {
        group[i] = Math.max(0, Math.min(BINS - 1, Math.round(ramp.level(i) * (BINS - 1))));
      }
    } else {
      group.set(data.labels);
    }
    if (state.hidden.size > 0) {
      for (let i = 0; i < data.points; i++) if (state.hidden.has(data.labels[i])) group[i] = CONTEXT;
    }
    const colors = ramp ? bins(ramp.stops) : data.classNames.map((_, label) => classColor(label));
    return { group, colors };
  }

  NM.colors = {
    CONTEXT, BINS, groups, scale, classColor, mix, inkOn, percentile, theme, parse,
    grey: () => GREY[theme()],
    distance: () => bins(DISTANCE[theme()]),
    diverging: (t) => mix(DIVERGING[theme()], t),
  };
})();
