// A column of numbers or dates as a histogram: gray what all points hold, in color what passes the filter. A drag over it is
// a brush; its two ends are sliders for the keyboard.
"use strict";

NM.define("histogram", ["store", "filter", "bins", "columns", "color_modes", "shades", "palette", "words", "dom"],
  (store, filter, bins, columns, colorModes, shades, palette, words, dom) => {
    const { element } = dom;
    const HEIGHT = 56;
    const GRAB = 7;  // pixels around an end of the brush that take hold of it
    const CLICK = 3; // pixels that a press may wander and still be a click

    // Asked of the style sheet once per theme: to ask in every frame lays the page out in every frame.
    let colors = { theme: "", values: [] };
    function colorsNow() {
      const { theme } = store.state;
      if (colors.theme !== theme) colors = { theme, values: ["--bar", "--accent", "--bar-out"].map(dom.css) };
      return colors.values;
    }

    // {node, refresh, measure}: to be measured once it has its place. key: that of the color mode of this column.
    return function histogram(column, key) {
      const own = bins.of(column);
      const unit = column.kind === "integer" ? 1 : column.days ? 86400 : 0; // what the values are counted in, if in wholes
      const span = own.to - own.from;
      const counts = new Uint32Array(own.size + 1);
      const format = columns.formatter(column, own.low, own.high);
      const canvas = element("canvas", { "aria-hidden": "true" });
      const handles = ["low", "high"].map((end) => element("div", {
        class: "handle", role: "slider", tabindex: 0, "aria-label": (end === "low" ? words.columns.from : words.columns.to)(column.name),
      }));
      const plot = element("div", { class: "histogram" }, canvas, ...handles);
      const node = element("div", {}, plot, element("div", { class: "ends", "aria-hidden": "true" },
        element("span", { text: format(own.low) }), element("span", { text: format(own.high) })));

      function range() {
        const clause = filter.clauseOf(column);
        return clause?.op === "from" ? [clause.low, clause.high] : null;
      }

      // As few digits as tell parts of a pixel apart: the address is to stay short.
      function rounded(value) {
        const digits = 4 - Math.floor(Math.log10(span));
        return digits > 15 ? value : digits >= 0 ? Number(value.toFixed(digits)) : Math.round(value / 10 ** -digits) * 10 ** -digits;
      }

      function ask(a, b) {
        let [low, high] = a < b ? [a, b] : [b, a];
        if (unit === 0) [low, high] = [rounded(low), rounded(high)];
        else [low, high] = [unit * Math.ceil(low / unit), unit * Math.floor(high / unit)];
        if (low > high) low = high;
        if (low <= own.low && high >= own.high) return filter.dropColumn(column);
        return filter.set({ op: "from", column: column.name, low: Math.max(low, own.low), high: Math.min(high, own.high) });
      }

      let width = 1; // asked once, for to ask the page of a width in every frame lays it out in every frame
      const toValue = (x) => own.from + (Math.max(0, Math.min(width, x)) / width) * span;
      const toPixel = (value) => ((value - own.from) / span) * width;

      function paint(passing, brush) {
        const ratio = Math.min(2, window.devicePixelRatio || 1);
        const [w, height] = [Math.round(width * ratio), HEIGHT * ratio];
        if (canvas.width !== w || canvas.height !== height) Object.assign(canvas, { width: w, height });
        const context = canvas.getContext("2d");
        context.clearRect(0, 0, w, height);
        const { totals } = own;
        let top = 1;
        for (let b = 0; b < own.size; b++) top = Math.max(top, totals[b]);
        const isColored = store.state.color === key;
        const ramp = isColored ? palette.ramp(colorModes.current().ramp) : null;
        const shadeOf = isColored ? shades.of(colorModes.current()) : null;
        const [back, accent, faint] = colorsNow();
        const step = w / own.size;
        for (let b = 0; b < own.size; b++) {
          const x = Math.round(b * step);
          const thick = Math.max(1, Math.round((b + 1) * step) - x - ratio);
          const bar = (n, color) => {
            const h = n === 0 ? 0 : Math.max(ratio, Math.round((n / top) * (height - ratio)));
            context.fillStyle = color;
            context.fillRect(x, height - h, thick, h);
          };
          bar(totals[b], back);
          const middle = own.from + ((b + 0.5) / own.size) * span;
          const isOut = brush && (middle < brush[0] || middle > brush[1]);
          bar(passing[b], isOut ? faint : ramp ? ramp[shadeOf(middle)] : accent);
        }
      }

      function measure() {
        width = plot.clientWidth || 1;
      }

      function refresh() {
        const brush = range();
        bins.count(column, filter.without(column), counts);
        paint(counts, brush);
        const [low, high] = brush || [own.low, own.high];
        plot.classList.toggle("brushed", brush !== null);
        [low, high].forEach((value, end) => {
          const edge = unit === 1 ? value + (end ? 0.5 : -0.5) : value;
          handles[end].style.transform = `translateX(${Math.max(0, Math.min(width, toPixel(edge)))}px)`;
          handles[end].setAttribute("aria-valuemin", own.low);
          handles[end].setAttribute("aria-valuemax", own.high);
          handles[end].setAttribute("aria-valuenow", value);
          handles[end].setAttribute("aria-valuetext", format(value));
        });
      }

      let press = null; // {x, from, to}: where the drag began, and the brush as it was then

      function pressed(event) {
        if (event.button !== 0) return;
        const x = event.clientX - plot.getBoundingClientRect().left;
        const brush = range();
        const ends = brush && brush.map(toPixel);
        let move = "new";
        if (ends && Math.abs(x - ends[0]) < GRAB) move = "low";
        else if (ends && Math.abs(x - ends[1]) < GRAB) move = "high";
        else if (ends && x > ends[0] && x < ends[1]) move = "all";
        press = { x, move, brush, moved: false };
        plot.setPointerCapture(event.pointerId);
      }

      function moved(event) {
        if (!press) return;
        const x = event.clientX - plot.getBoundingClientRect().left;
        if (!press.moved && Math.abs(x - press.x) < CLICK) return;
        if (!press.moved) store.set({ brushing: true });
        press.moved = true;
        const { move, brush } = press;
        if (move === "new") return ask(toValue(press.x), toValue(x));
        if (move === "low") return ask(toValue(x), brush[1]);
        if (move === "high") return ask(brush[0], toValue(x));
        const shift = Math.max(own.low - brush[0], Math.min(own.high - brush[1], toValue(x) - toValue(press.x)));
        return ask(brush[0] + shift, brush[1] + shift);
      }

      function released() {
        if (!press) return;
        const { moved: dragged, move } = press;
        press = null;
        if (dragged) store.set({ brushing: false });
        else if (move === "new" || move === "all") filter.dropColumn(column);
      }

      function keyed(event, end) {
        const brush = range() || [own.low, own.high];
        const step = unit === 0 ? span / own.size : unit * Math.max(1, Math.round(span / own.size / unit));
        const to = {
          ArrowLeft: brush[end] - step, ArrowDown: brush[end] - step, ArrowRight: brush[end] + step, ArrowUp: brush[end] + step,
          Home: own.low, End: own.high,
        }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        const inside = Math.max(own.low, Math.min(own.high, to));
        if (end === 0) ask(Math.min(inside, brush[1]), brush[1]);
        else ask(brush[0], Math.max(inside, brush[0]));
      }

      plot.addEventListener("pointerdown", pressed);
      plot.addEventListener("pointermove", moved);
      plot.addEventListener("pointerup", released);
      plot.addEventListener("pointercancel", released);
      handles.forEach((handle, end) => handle.addEventListener("keydown", (event) => keyed(event, end)));
      return { node, refresh, measure };
    };
  });
