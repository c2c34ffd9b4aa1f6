// A walk of five steps past what the page can do, offered once and in no one's way: a line above the map asks for it, and
// the help starts it anew. Each step stands beside what it is about; what a page lacks has no step.
"use strict";

NM.define("tour", ["store", "words", "dom"], (store, words, dom) => {
  const { byId } = dom;
  const KEY = "neural-manifold-tour";
  const GAP = 12; // pixels between the card, what it is about and the window's edges
  const STEPS = [ // what each is beside, and the tab that it shows
    { name: "map", target: "stage" }, { name: "color", target: "color" }, { name: "lasso", target: "mode-lasso" },
    { name: "columns", target: "tab-columns", tab: "columns" }, { name: "lists", target: "tab-lists", tab: "lists" },
  ];
  let steps = [];
  let at = -1;
  let before = null; // the tab that was shown, and what had the focus

  const isOpen = () => at >= 0;
  const isInCell = window.parent !== window;
  const target = () => byId(steps[at].target);

  // Some browsers refuse storage to a page opened from a file: there the line is shown each time.
  function wasOffered() {
    try {
      return localStorage.getItem(KEY) !== null;
    } catch {
      return false;
    }
  }

  const present = () => STEPS.filter((step) => byId(step.target).checkVisibility());

  function begin() {
    byId("tour-offer").hidden = true;
    if (byId("help").open) byId("help").close();
    if (isOpen()) end();
    steps = present();
    before = { tab: store.state.tab, focus: document.activeElement };
    byId("tour").hidden = false;
    go(0);
  }

  function end() {
    target().classList.remove("toured");
    at = -1;
    byId("tour").hidden = true;
    store.set({ tab: before.tab });
    (before.focus.checkVisibility() && before.focus !== document.body ? before.focus : byId("stage")).focus({ preventScroll: true });
  }

  function go(to) {
    if (to >= steps.length) return end();
    if (isOpen()) target().classList.remove("toured");
    at = to;
    const { name, tab } = steps[at];
    if (tab) store.set({ tab });
    target().classList.add("toured");
    target().scrollIntoView({ block: "nearest", inline: "nearest" });
    byId("tour-title").textContent = words.tour[name].title;
    byId("tour-text").textContent = words.tour[name].text;
    byId("tour-count").textContent = words.tour.count(at + 1, steps.length);
    byId("tour-back").disabled = at === 0;
    byId("tour-next").textContent = at === steps.length - 1 ? words.tour.done : words.tour.next;
    byId("tour-skip").hidden = at === steps.length - 1;
    place();
    return byId("tour-next").focus({ preventScroll: true });
  }

  // Below what it is about, above, right or left of it, where it has room; else at the foot of the window, in its middle.
  // A tab is seen with what it shows, beside the whole panel.
  function place() {
    if (!isOpen()) return;
    const { left, right, top, bottom } = target().getBoundingClientRect();
    const { offsetWidth: w, offsetHeight: h } = byId("tour");
    const [maxX, maxY] = [window.innerWidth - w - GAP, window.innerHeight - h - GAP];
    const inside = (value, most) => Math.max(GAP, Math.min(most, value));
    const [x, y] = [inside((left + right - w) / 2, maxX), inside((top + bottom - h) / 2, maxY)];
    const places = [[x, bottom + GAP], [x, top - h - GAP], [right + GAP, y], [left - w - GAP, y]];
    if (steps[at].tab) places.unshift([byId("panel").getBoundingClientRect().left - w - GAP, inside(top, maxY)]);
    const found = places.find(([px, py]) => px >= GAP && px <= maxX && py >= GAP && py <= maxY) ?? [(window.innerWidth - w) / 2, maxY];
    byId("tour").style.transform = `translate(${Math.round(found[0])}px, ${Math.round(found[1])}px)`;
  }

  // Before the map hears of it: Escape ends the tour and nothing else, wherever the focus is.
  function pressed(event) {
    if (!isOpen() || event.key !== "Escape") return;
    event.stopPropagation();
    end();
  }

  // Its room is taken before it can be answered.
  function offer() {
    byId("tour-offer").hidden = isInCell || wasOffered();
  }

  function remember() {
    try {
      localStorage.setItem(KEY, "offered");
    } catch { /* then it is offered again */ }
  }

  function start() {
    byId("tour-start").hidden = isInCell;
    if (isInCell) return;
    remember();
    byId("tour-yes").textContent = words.tour.yes(present().length);
    byId("tour-yes").addEventListener("click", begin);
    byId("tour-start").addEventListener("click", begin);
    byId("tour-no").addEventListener("click", () => {
      byId("tour-offer").hidden = true;
      byId("stage").focus({ preventScroll: true }); // the button is gone
    });
    byId("tour-next").addEventListener("click", () => go(at + 1));
    byId("tour-back").addEventListener("click", () => go(at - 1));
    byId("tour-skip").addEventListener("click", end);
    document.addEventListener("keydown", pressed, true);
    window.addEventListener("resize", place);
  }

  return { offer, start };
});
