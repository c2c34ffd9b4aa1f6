// Lists of items that deserve a look before others, from what the data hold: labels that their neighbors contradict, twins,
// the most isolated, and the ends of what the exporter measured.
"use strict";

NM.define("look_first", ["data", "latents", "neighbors", "classes", "color_modes", "names", "slices", "text", "words"],
  (data, latents, neighbors, classes, colorModes, names, slices, text, words) => {
    const MAX = 500;

    function* inParts(run) {
      for (let i = 0; i < data.points; i++) {
        run(i);
        if (i % 256 === 255) yield;
      }
    }
    const eachItem = (run) => slices.run(inParts(run));

    const near = ({ rows, k }, item) => rows.subarray(item * k, item * k + Math.min(k, neighbors.K));

    // Of the labels among the neighbors one that is not the item's own has more than half.
    async function suspects() {
      const graph = neighbors.graph();
      const found = [];
      const votes = new Uint16Array(classes.names.length);
      await eachItem((i) => {
        const own = classes.of(i);
        if (own < 0) return;
        let [most, cast] = [own, 0];
        votes.fill(0);
        const around = near(graph, i);
        for (const other of around) {
          const code = classes.of(other);
          if (code < 0) continue;
          cast++;
          if (++votes[code] > votes[most]) most = code;
        }
        if (most !== own && 2 * votes[most] > cast) found.push({ item: i, share: votes[most] / cast, won: most, votes: votes[most], cast });
      });
      found.sort((a, b) => b.share - a.share || a.item - b.item);
      return found.map(({ item, votes: n, cast, won }) => ({ item, reason: words.lists.votes(n, cast, classes.names[won]) }));
    }

    // The vectors as the page has them, rounded as they are, are the same in every dimension.
    async function twins() {
      const graph = neighbors.graph();
      const { size, stored } = latents.numbers();
      const same = (a, b) => {
        for (let j = 0; j < size; j++) if (stored[a * size + j] !== stored[b * size + j]) return false;
        return true;
      };
      const found = [];
      await eachItem((i) => {
        const twin = near(graph, i).find((other) => same(i, other));
        if (twin !== undefined) found.push({ item: i, twin });
      });
      found.sort((a, b) => Math.min(a.item, a.twin) - Math.min(b.item, b.twin) || a.item - b.item);
      return found.map(({ item, twin }) => ({ item, reason: words.lists.as(names.title(twin) ?? names.called(twin)) }));
    }

    // The mean distance of each item from its neighbors.
    async function distances() {
      const graph = neighbors.graph();
      const { size, stored, step } = latents.numbers();
      const found = new Float64Array(data.points);
      await eachItem((i) => {
        const around = near(graph, i);
        for (const other of around) {
          let sum = 0;
          for (let j = 0; j < size; j++) sum += (step[j] * (stored[i * size + j] - stored[other * size + j])) ** 2;
          found[i] += Math.sqrt(sum) / around.length;
        }
      });
      return found;
    }

    // {key, title, note}, and either `all`, which finds [{item, reason}], or `scores`, of which the highest come first, and
    // how one reads. What is to be looked at first stands before the others.
    function offered() {
      const graph = neighbors.graph();
      const lists = [];
      if (graph && data.label) {
        lists.push({ key: "suspects", title: words.lists.suspects, note: words.lists.suspectsNote(latents.space), all: suspects });
      }
      if (graph && latents.present) {
        lists.push({ key: "twins", title: words.lists.twins, note: words.lists.twinsNote(latents.space), all: twins });
        lists.push({
          key: "isolated", title: words.lists.isolated, note: words.lists.isolatedNote(latents.space), scores: distances,
          read: (score) => words.lists.away(text.significant(Number(score.toPrecision(3)))),
        });
      }
      for (const mode of colorModes.offered().filter((mode) => mode.words)) {
        const scores = () => Float64Array.from({ length: data.points }, (_, i) => mode.value(i));
        lists.push({ key: mode.key, title: words.lists.mode(mode.title, mode.words[1]), note: words.lists.highest, scores, read: mode.text });
      }
      return lists;
    }

    const known = new Map(); // key and the vectors that it was found of -> what was found

    // [{item, reason}] of those that are accepted.
    async function find({ key, all, scores, read }, accept) {
      const of = `${key} ${latents.number()}`;
      if (!known.has(of)) known.set(of, (all || scores)());
      const found = await known.get(of);
      if (all) return found.filter(({ item }) => accept(item));
      const best = neighbors.least(Math.min(MAX, data.points));
      for (let i = 0; i < data.points; i++) if (accept(i)) best.offer(i, -found[i]);
      return best.items().map((item) => ({ item, reason: read(found[item]) }));
    }

    return { offered, find };
  });
