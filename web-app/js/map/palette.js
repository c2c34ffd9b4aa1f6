// The page's colors in both themes. The twelve of the classes are those of the notebooks' figures as well.
"use strict";

NM.define("palette", ["store", "theme"], ({ state }) => {
  const BINS = 16;
  // Groups of points that lie beneath the others, each in a gray of its own.
  const CONTEXT = 255; // those that are hidden
  const MISSING_GROUP = 50; // those without a value
  const OTHER = 51; // those of levels without a color of their own
  const RECEDED = 128; // added to the group of those that recede before what is selected

  // Twelve hues that stay apart under protanopia, deuteranopia and tritanopia, on either ground.
  const CLASSES = {
    light: ["#197499", "#f59a3d", "#493b97", "#119d6e", "#8a245d", "#11c3fc", "#605803", "#b882ba", "#c06600", "#95c195", "#9b1eff", "#50140a"],
    dark: ["#59b3fd", "#ffc444", "#8c77dd", "#8aedb5", "#b7477a", "#dcc9fd", "#777c16", "#f685c0", "#bd856f", "#a3ac19", "#5c48ff", "#963bbe"],
  };
  const N_CLASS_COLORS = 48; // twelve hues in four shades; more classes begin again
  const MISSING = { light: "#9a9ea7", dark: "#767b86" };
  const OTHERS = { light: "#c6c9d0", dark: "#474b55" };
  const GRAY = { light: "#dfe1e5", dark: "#33363d" };
  // Pale where nothing is to be seen, strong where the eye should go.
  const SEQUENTIAL = {
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
  const COUNT = { light: ["#ffffff", "#2b50c8"], dark: ["#20232a", "#93b2ff"] };

  const theme = () => state.theme;

  const parse = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const format = (rgb) => "#" + rgb.map((v) => Math.round(v).toString(16).padStart(2, "0")).join("");

  function mix(stops, t) {
    const at = Math.max(0, Math.min(1, t)) * (stops.length - 1);
    const low = Math.min(stops.length - 2, Math.floor(at));
    const [a, b] = [parse(stops[low]), parse(stops[low + 1])];
    return format(a.map((v, c) => v + (b[c] - v) * (at - low)));
  }

  // Beyond twelve classes the hues come round again, a step lighter or darker each time.
  function classColor(code) {
    if (code < 0) return MISSING[theme()];
    const hues = CLASSES[theme()];
    const color = hues[code % hues.length];
    const round = Math.floor((code % N_CLASS_COLORS) / hues.length);
    if (round === 0) return color;
    return mix([color, round % 2 ? "#000000" : "#ffffff"], 0.22 * Math.ceil(round / 2));
  }

  // The color of a group of levels, which may be one of the gray ones.
  const slotColor = (slot) => (slot === OTHER ? OTHERS[theme()] : classColor(slot));

  const slotColors = () => {
    const colors = Array.from({ length: N_CLASS_COLORS }, (_, code) => classColor(code));
    colors[MISSING_GROUP] = MISSING[theme()];
    colors[OTHER] = OTHERS[theme()];
    return colors;
  };

  // On the ground of a colored cell, whichever of black and white reads better: never less than 4.5 to 1.
  function inkOn(hex) {
    const [r, g, b] = parse(hex).map((v) => (v / 255 <= 0.04045 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000000" : "#ffffff";
  }

  // From the low end to the high one.
  const stops = (ramp) => (ramp === "diverging" ? DIVERGING : SEQUENTIAL)[theme()];

  const bins = (colors) => Array.from({ length: BINS }, (_, b) => mix(colors, b / (BINS - 1)));

  return {
    BINS, CONTEXT, MISSING_GROUP, OTHER, RECEDED, N_CLASS_COLORS, theme, parse, mix, classColor, slotColor, slotColors, inkOn, stops,
    isBeneath: (group) => group >= MISSING_GROUP,
    missing: () => MISSING[theme()],
    ramp(name) {
      const colors = bins(stops(name));
      colors[MISSING_GROUP] = MISSING[theme()];
      return colors;
    },
    distance: () => bins(DISTANCE[theme()]),
    diverging: (t) => mix(DIVERGING[theme()], t),
    count: (t) => mix(COUNT[theme()], t),
    gray: () => GRAY[theme()],
  };
});
