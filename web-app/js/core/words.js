// Every word that a person reads on the page, but those that come with the data. A translation is this file in another
// language: nothing else on the page holds a sentence. One with a number or a name in it is a function, so that it has its
// plural right. {label, title, hint, text}: what is read aloud, the tooltip, what stands in an empty field, and what is seen.
"use strict";

// Its tag (BCP 47) says how numbers are written, and to browsers how the page is read aloud and hyphenated.
NM.define("language", [], () => ({ tag: "en" }));

NM.define("words", ["text"], ({ count, percent }) => {
  const many = (n, one, more) => `${count(n)} ${n === 1 ? one : more}`;
  const items = (n) => many(n, "item", "items");
  const rows = (n) => many(n, "row", "rows");
  const images = (n) => many(n, "image", "images");
  const ordinal = (n) => `${n}${n % 100 > 10 && n % 100 < 14 ? "th" : ["th", "st", "nd", "rd"][n % 10] || "th"}`;
  const again = "Run `make run`, or export again from the notebook.";
  const clickHides = "Click hides, Shift-click shows it alone";

  return {
    page: {
      trouble: "The explorer cannot open", map: { label: "Map" }, items: { label: "Items" }, history: { label: "History" }, beside: { label: "Beside the map" },
      zoom: { label: "Zoom" },
      drag: { label: "Drag" }, layers: { label: "Layers" }, saves: { label: "Save the map" }, filter: { label: "Filter" }, details: { label: "Details" }, reading: "Reading vectors, pictures and texts …", table: { label: "Table" },
      second: { label: "Second map" }, stage: { label: "Map of the items" }, dropped: { label: "Your picture" }, clusters: { label: "Clusters" },
      secondOf: (map) => `Second map: ${map}`,
      keys: "Arrow keys move to the nearest item in that direction, Tab goes through its neighbors, Enter pins, Escape frees, plus and minus zoom, zero shows the whole map, D held shows true distance.",
    },
    // Those of three letters and more, which say nothing of what a text is about.
    functionWords: "the and for with from that this these those his her hers its our your their they them she him you was were are has have had been " +
      "being but not nor into onto upon over under about after before between through during against than then who whom whose which what " +
      "when where while why how all any both each some such own too very can could will would shall should may might must does did out " +
      "off other there here",
    // What more than one place says.
    item: "Item", missing: "missing", other: (n) => `other (${count(n)})`, not: (name) => `not ${name}`, clear: "Clear", close: "Close", remove: "Remove",
    selectAll: "Select all", showAll: "Show all", reconstruction: "Reconstruction", saveCsv: "Save CSV", saveJson: "Save JSON",
    no: "no", yes: "yes", items, quoted: (text) => `“${text}”`, called: (number) => `item ${number}`, dimension: (number) => `Dimension ${number}`,
    inSpace: { latent: "in the latent space", pixels: "in the pixel space", given: "in the vector space" },
    about: {
      items, images, rows, latentDimensions: (n) => many(n, "latent dimension", "latent dimensions"), dimensions: (n) => many(n, "dimension", "dimensions"),
      parameters: (n) => many(n, "parameter", "parameters"), loss: (value, unit) => `test loss ${value} ${unit}`,
      without: (n) => `${count(n)} without a place`,
    },
    hint: {
      dots: (areImages, byNetwork) => `Each dot is ${areImages ? "an image" : "an item"}, and close dots ${byNetwork ? "look alike to the network" : "are alike"}.`,
      try: "Hover to look, click to pin.", tryLatents: "Hover to look, click to pin, Shift-click a second for a path, hold D for true distance.",
    },
    bar: {
      color: "Color", undo: { label: "Undo", title: "Undo (Ctrl+Z)" }, redo: { label: "Redo", title: "Redo (Ctrl+Shift+Z)" }, undone: "Undone.", redone: "Done again.",
      help: { label: "Help", title: "Gestures, keys and scores (?)" }, dark: { label: "Dark mode" },
      two: { label: "Two maps", title: "Two maps side by side" }, table: { label: "Table", title: "Table of the items" },
      drop: { label: "Place a picture", title: "Place a picture: choose one here, drop it anywhere on the page, or paste it" },
      oneColor: "One color", class: "Class", trust: "trustworthiness", continuity: "continuity", recall: "recall", unmeasured: "not measured",
      basis: (k, n) => `k ${count(k)}, n ${count(n)}`, between: "in between",
      byRank: { text: "By rank", title: "As many items in each shade, rather than as many units" }, median: (value) => `median ${value}`,
      missing: (n) => `${count(n)} missing`, 
      ramp: (title, low, high, missing, median) => `${title}, from ${low} to ${high}${median ? `, by rank, ${median}` : ""}${missing > 0 ? `, ${count(missing)} missing` : ""}`,
      colored: (title, tag) => `Colored by ${title}${tag ? `, by ${tag}` : ""}.`,
      coloredFrom: (title, low, high, missing) => `Colored by ${title}, from ${low} to ${high}${missing > 0 ? `, ${count(missing)} missing` : ""}.`,
    },
    tools: {
      in: { label: "Zoom in", title: "Zoom in (+)" }, out: { label: "Zoom out", title: "Zoom out (−)" }, whole: { label: "Show the whole map", title: "Show the whole map (0)" },
      pan: { label: "Drag moves the map", title: "Drag moves the map" }, lasso: { label: "Drag draws a lasso", title: "Drag draws a lasso" },
      box: { label: "Drag draws a box", title: "Drag draws a box" }, pictures: { label: "Pictures when zoomed in", title: "Pictures when zoomed in" },
      names: { label: "Names on the map", title: "Names on the map" }, density: { label: "Lines of equal density", title: "Lines of equal density" },
      distance: { label: "Color by true distance from the item", title: "True distance (hold D)" },
      png: { label: "Save as PNG", title: "Save this view with legend and caption as PNG" }, svg: { label: "Save as SVG", title: "Save this view with legend and caption as SVG" },
    },
    jump: { to: "Jump to", choose: "Jump to…", random: "Random", extremes: "Extremes of", oneOf: "One of", highest: "highest", extreme: (title, end) => `${title}: ${end}` },
    search: {
      label: "Search ids, texts and levels", field: { hint: "Search" }, example: (word) => `Search, e.g. ${word}`, found: { label: "Found" }, filter: "filter",
      level: (column, n) => `${column}, ${items(n)}`,
      note: (n, left) => `${items(n)}${left > 0 ? `, and ${count(left)} that the filter leaves out` : ""}`, nothing: (given) => `Nothing is found of ${given}.`,
    },
    legend: {
      levels: { label: "Levels" }, all: (n) => `All ${count(n)}`, rest: "All levels", chip: (n) => `${items(n)}. ${clickHides}`,
      chipOf: (n, all) => `${count(n)} of ${items(all)}. ${clickHides}`, list: { label: "All levels" }, field: { label: "Find a level", hint: "Find" },
      largest: (shown, n) => `The ${count(shown)} largest of ${count(n)}. Type to find others.`, none: "None is called so.",
    },
    map: {
      noWebgl: "This browser gives the page no WebGL: the map is drawn on a plain canvas.",
      noPlotly: "plotly.min.js is not beside this page, so the map has no axes. Export again to put it there.",
      lost: "The graphics card was taken away: the map goes on, on a plain canvas.", unpinned: "Nothing pinned.",
      distance: (space) => `Strong: near ${space}. Pale: far.`,
    },
    figure: {
      large: "This browser makes no picture of so large a map: save it as SVG.", file: "map", title: (title, map) => `${title}: ${map}`,
      of: (map, n, areImages, note) => `${map} of ${areImages ? images(n) : items(n)}${note ? `: ${note}` : ""}.`,
      scores: (trust, continuity, recall, k, n, areImages) => `Trustworthiness ${trust}, continuity ${continuity}, recall ${recall} at ${count(k)} neighbors, of ${areImages ? images(n) : items(n)}.`,
      missing: (n) => `missing (${count(n)})`, unscored: "How far to trust it was not measured.", colored: (title) => `Colored by ${title}.`,
      filtered: (n) => `The filter leaves ${count(n)}; the others are the palest gray.`, part: "A part of the map.",
    },
    time: {
      row: { label: "Time" }, frame: { label: "Frame" }, note: "Scores and neighbors are those of the last frame",
      play: { label: "Play", title: "Play" }, pause: { label: "Pause", title: "Pause" },
      caption: (name, frame, all) => `${name}: frame ${count(frame)} of ${count(all)}, on the way to this map.`,
    },
    filter: {
      count: (n, all) => `${count(n)} of ${count(all)}`, passing: (n, all) => `${count(n)} of ${items(all)} pass the filter.`, none: "All items are shown.",
      drop: (column, what) => `Drop the filter ${column}: ${what}`, inside: "inside the line", has: (text) => `has “${text}”`, given: "not missing",
      from: (low, high) => `${low} to ${high}`, more: (names, n) => `${names} and ${count(n)} more`,
    },
    hand: { selected: (n) => `${items(n)} selected`, inFilter: (n, all) => `${items(n)} of ${count(all)} in the filter` },
    table: {
      copy: "Copy", copied: "Copied", refused: "Not allowed", sort: (column) => `Sort by ${column}`, done: (n) => `${many(n, "row", "rows")} copied.`,
      notCopied: "This browser does not let the page copy: save the CSV.",
    },
    tabs: { item: "Item", columns: "Columns", path: "Path", selection: "Selection", lists: "Lists", classes: "Transitions" },
    panel: {
      none: "No item", point: "Point at a dot", row: (number) => `row ${number}`, parts: (said) => said.join(" · "), pinned: "Pinned", frees: ". Esc frees it",
      image: { label: "The item's image" }, original: "Original", decoded: { label: "The image decoded from the latent vector" }, edited: "Decoded, edited",
      minus: { label: "Decoded minus original" }, difference: { text: "Difference", title: "Blue: the decoder is darker than the original. Orange: lighter." },
      noPicture: "Without a picture", error: (value, percent) => `Reconstruction error ${value}, ${ordinal(percent)} percentile`, noTag: "none",
      reset: "Reset", numbers: { label: "The vector's numbers" }, cells: { label: "The vector, a cell per dimension" }, farthest: { label: "Dimensions farthest from their mean" },
      origin: { latent: "Latent vector", pixels: "Pixels", given: "Vector" }, size: (n) => many(n, "number", "numbers"),
      sizeOf: (set, n) => `${set}, ${many(n, "number", "numbers")}`,
      cell: (number, canDrag) => `Dimension ${number}. Click colors the map by it${canDrag ? ", drag changes it" : ""}`, colors: "Colors the map by this dimension",
      value: (number, value) => `Dimension ${number}: ${value}`, sigma: (value) => `${value} σ`,
      neighbors: "Neighbors", kept: "kept", torn: "torn away by the map", false: "only seems near", keptOf: (n, all) => `${count(n)} of ${count(all)} kept on this map`,
      neighbor: { kept: (name) => `kept neighbor: ${name}`, torn: (name) => `torn neighbor: ${name}`, false: (name) => `false neighbor: ${name}` },
      errorIs: {
        high: (n) => `reconstruction error high (${ordinal(n)} percentile)`, middling: (n) => `reconstruction error middling (${ordinal(n)} percentile)`,
        low: (n) => `reconstruction error low (${ordinal(n)} percentile)`,
      },
      neighborsKept: (n, all) => `${count(n)} of ${count(all)} neighbors kept`, is: (title, value) => `${title}: ${value}`,
    },
    columns: {
      note: "Drag over a chart or choose levels: the map and every other chart show what is left.",
      color: { label: (column) => `Color the map by ${column}`, title: "Color the map by this" },
      clear: (column) => `Clear the filter on ${column}`, only: (n) => `${count(n)} missing, only these`, out: (n) => `${count(n)} missing, left out`,
      from: (column) => `${column}, from`, to: (column) => `${column}, to`, findIn: (n) => `Find in ${count(n)}`, find: (column) => `Find a level of ${column}`,
      has: "Has the words…", hasLabel: (column) => `${column} has the words`,
    },
    path: {
      start: "Path from or to this item", clear: "Clear the path", way: { label: "Where on the path" }, decodedThere: { label: "The image decoded there" },
      realThere: { label: "The nearest real item" },
      none: (isDecoded) => `Click one item and Shift-click a second: the ${isDecoded ? "images decoded on" : "real items nearest to"} the straight way between them appear here, and how far each step is from real data.`,
      decoded: "Decoded", distance: "Distance from the nearest real item", items: "Real items on the way", first: "First end of a path. Shift-click a second item.",
      from: (a, b) => `${a} → ${b}`, frame: (percent, isDecoded) => `${isDecoded ? "Decoded" : "The nearest item"} at ${percent} percent of the way`,
      at: (percent) => `${percent} percent of the way`,
      nearest: (name) => `Nearest real item: ${name}`, inside: "The path stays within the data: every step is as near to a real item as items are to each other.",
      outsideAt: (t) => `At ${percent(t)} of the way the path leaves the data.`, outside: (a, b) => `From ${percent(a)} to ${percent(b)} of the way the path leaves the data.`,
      untrained: "A plain autoencoder was never trained there: between islands it decodes images of nothing.",
    },
    selection: {
      view: "Select what is in view", none: "Choose the lasso or the box beside the map and draw around some dots.", apart: "What sets them apart", average: "Their average",
      image: { label: "Average image of the selection" }, keep: { text: "Keep only these", title: "A filter on this part of the map" }, inFilter: "in the filter",
      said: (n) => `${items(n)} selected.`, rest: (n, others) => `${count(n)} more in ${many(others, "other", "others")}`, filterBy: "Filter by this",
      is: (column, what) => `${column}: ${what}`,
      later: "later", earlier: "earlier", higher: "higher", lower: "lower", ofAll: (here, all) => `${here}, of all ${all}`,
    },
    tags: {
      field: { label: "A tag for these items", hint: "Tag these items…" }, tag: "Tag", title: "Tags", mine: "My tags", csv: "Save tags CSV", json: "Save tags JSON",
      said: (n, word) => `${items(n)} tagged ${word}.`,
      select: (word) => `Select the items tagged ${word}`, untag: "Untag", untagOf: (word) => `Take the tag ${word} from these items`, delete: "Delete",
      deleteOf: (word) => `Delete the tag ${word}`,
      refused: "This browser keeps nothing for this page: save the tags before you close it.",
    },
    clusters: {
      title: "Clusters", color: "Color by cluster", select: "Select this cluster", none: "in no cluster", left: "The filter leaves none of this cluster.",
      numbered: (name, n) => `${name} (${n})`,
    },
    lists: {
      note: "Choose a list: its items deserve a look before others.", none: "These data hold no measures of single items.", looking: (note) => `${note} Looking…`, empty: "None",
      first: (n) => `The first ${count(n)}. Select them all for the table.`, suspects: "Labels in doubt",
      suspectsNote: (space) => `Most of their nearest neighbors ${space} have another label.`,
      twins: "Duplicates", twinsNote: (space) => `They have the same place ${space} as another.`, isolated: "Most isolated",
      isolatedNote: (space) => `They lie farthest from their nearest neighbors ${space}.`,
      highest: "The highest first.", away: (distance) => `${distance} from its neighbors`, as: (name) => `as ${name}`, votes: (n, cast, name) => `${n} of ${cast}: ${name}`,
      mode: (title, end) => `${title}: ${end}`,
      reason: (name, reason) => `${name}: ${reason}`,
    },
    transitions: {
      note: (space) => `Rows: an item's own label. Columns: what most of its 10 nearest neighbors ${space} are. Choose a cell to see its items.`,
      many: (n, most) => `There are ${count(n)} classes, and this table shows ${count(most)} at most.`, finding: "Finding the neighbors of every item…",
      found: (share) => `Finding the neighbors of every item: ${percent(share)}`, drawn: (n, all) => `${count(n)} of ${items(all)}, evenly drawn.`,
      vote: (name) => `Neighbors vote ${name}`,
      cell: (n, label, vote) => `${items(n)} labeled ${label} whose neighbors vote ${vote}`, same: (label) => `${label}, as their neighbors say`,
      from: (label, vote) => `From ${label} to ${vote}`,
    },
    dropped: {
      title: "Your picture", label: { label: "Your picture as the network sees it" }, seen: "As the network sees it", decoded: { label: "The image decoded from its vector" },
      neighbors: "Its neighbors",
      pasted: "What was pasted", picture: "The picture", unread: (name) => `${name} is no picture that this browser can read: drop a PNG, JPEG, WebP or GIF.`,
      infinitely: "infinitely many",
      among: (times) => `Among the data: ${times} times as far from its neighbors as these are from theirs.`,
      outside: (times) => `Outside the data: ${times} times as far from its neighbors as these are from theirs. Take its place for a guess.`,
      far: (times) => `Far outside the data: ${times} times as far from its neighbors as these are from theirs. Take its place for a guess.`,
      elsewhere: "This map is not of what the network makes of pictures: choose another for the place of this one.", said: (name, verdict) => `${name}: ${verdict}`,
    },
    // What one could do in a tab that is empty yet, of these very data.
    examples: {
      item: (name) => `or see ${name}`, columns: (column, what) => `For example, ${column}: ${what}`, path: (a, b) => `From ${a} to ${b}`, selection: (name) => `Select ${name}`,
    },
    tour: {
      offer: { label: "New here?" }, ask: "New here?", yes: (n) => `Show me around (${many(n, "step", "steps")})`, no: "No, thanks", start: "Show me around",
      skip: "Skip", back: "Back", next: "Next", done: "Done", count: (number, all) => `${number} of ${all}`,
      map: { title: "The map", text: "Each dot is an item, and close dots are alike. Point at one to see it, click to pin it; the wheel or two fingers zoom." },
      color: { title: "Colors", text: "Color the dots by any column or measure. A click in the legend hides a level, Shift-click leaves it alone." },
      lasso: { title: "Selecting", text: "Draw around some dots: the panel says what sets them apart, and you can tag and save them." },
      columns: { title: "Columns", text: "A chart of each column. Drag over one, or choose a level: map, table and all other charts show what is left." },
      lists: { title: "Where to begin", text: "Items that deserve a look first, such as labels in doubt, duplicates and those far from all others." },
    },
    help: {
      title: "Around the map", pointer: "Pointer", keys: "Keys", scores: "Scores, from 0 to 1", hover: "Hover", hoverDoes: "shows an item, and its neighbors on the map",
      click: "Click", clickDoes: "pins it, until Esc",
      shift: "Shift-click", shiftDoes: "a second item: the path between the two", drag: "Drag, wheel", dragDoes: "move and zoom; pinch on a phone", lasso: "Lasso, box",
      lassoDoes: "select: what sets these apart, tags, CSV",
      legend: "Legend", legendDoes: "a click hides a level, Shift-click leaves it alone", columns: "Columns", columnsDoes: "brush a histogram: map and charts show what is left",
      drop: "Drop a picture", dropDoes: "the network gives it its place", arrowsDo: "the nearest item in that direction; with Shift the map moves", tab: "Tab",
      tabDoes: "the item's neighbors, one after another",
      enter: "Enter", enterDoes: "pins", zoomDoes: "nearer, farther, the whole map", held: "held", heldDoes: "true distance from the item",
      slashDoes: "search ids, texts and levels",
      ctrl: "Ctrl", undoDoes: "undo; with Shift redo", esc: "Esc", escDoes: "frees what is pinned, then the path, then the selection", trust: "Trustworthiness",
      trustIs: "low where neighbors on the map are no neighbors in the data",
      continuity: "Continuity", continuityIs: "low where neighbors in the data are torn apart", recall: "Recall",
      recallIs: "share of the nearest in the data that are the nearest on the map",
      caution: "Distances between far groups, and the sizes of groups, say little on most maps.",
    },
    tiles: {
      trouble: "The map cannot open", stage: { label: "Map of the rows" }, classes: { label: "Classes" },
      hint: "The denser the rows, the stronger the color. Hover to see what a row is, and zoom in to see more of them.",
      keys: "Arrow keys move the map, plus and minus zoom, zero shows the whole map. Enter chooses the row nearest to the middle; arrow keys then go to the next row in that direction, and Escape frees it.",
      inView: (n) => `${rows(n)} in view`, atLeast: (n) => `at least ${rows(n)} in view`, noRow: "No row there.", point: (id, about) => `${id}, ${about}`,
      class: "class", density: "density", isolation: "isolation", isolationOf: (value) => `isolation ${value}`, isolationOver: (value) => `isolation ${value} or more`,
      chip: (n) => `${rows(n)}. ${clickHides}`,
      low: (value) => `${count(value)}: as its surroundings`, high: (value) => `${count(value)}: missed by the sample`, perCell: (n) => `${rows(n)} per cell`,
      rampIsolation: (low, high) => `Mean isolation, from ${low} to ${high}`, rampRows: (low, high) => `Rows per cell, from ${low} to ${high}, by the logarithm`,
      file: { missing: (name) => `tiles/${name}.js is missing: that part of the map is drawn coarsely. Make the tiles again.`, damaged: (name) => `tiles/${name}.js is damaged: that part of the map is drawn coarsely. Make the tiles again.` },
      files: (name, others) => `tiles/${name}.js and ${count(others)} more are missing or damaged: that part of the map is drawn coarsely. Make the tiles again.`,
    },
    // What is wrong with the page's files: each is followed by what to do.
    scripts: {
      circle: (way) => `Parts of this page need each other in a circle: ${way}.`, none: (name) => `No script of this page defines the part “${name}”.`,
      need: (name, need) => `The part “${name}” of this page needs “${need}”, and no script defines it.`,
    },
    rest: {
      missing: (name) => `${name} is not beside this page: it belongs to data.js, and goes where that goes.`, damaged: (name) => `${name} is damaged or was cut short.`,
      other: (name) => `${name} is of another export than data.js.`, digest: "data.js does not say which file holds the rest of its data.",
    },
    data: {
      then: (sentence) => `${sentence} ${again}`, missing: "There is no data.js beside this page yet.", damaged: "data.js is damaged or was cut short.",
      old: "This browser cannot unpack data.js. Open the page in a newer one, or export with compression off.",
      empty: "data.js holds no data.", foreign: "data.js was not written by neural-manifold.", points: "data.js has no count of points.", title: "data.js has no title.",
      version: (given, own) => `data.js has version ${given} of the format, and this page reads version ${own}.`,
      fields: "data.js has no fields.", maps: "data.js has no map.", vectors: "data.js has no list of vectors.", modes: "data.js has no list of color modes.",
      columns: "data.js has no list of columns.",
      ids: "data.js has points without an id.", decoder: "data.js has a decoder and no vectors that it could decode.",
      encoder: "data.js has an encoder and no vectors that it could join.",
      neighborRows: (set) => `The neighbors of “${set}” in data.js are rows that are not there.`,
      side: "data.js has no side of its images that a page can show.", channels: "data.js has no count of channels that a page can show.",
      picturesBegin: "The pictures in data.js do not begin where it says.", picturesJpeg: "The pictures in data.js are no JPEG files.",
      picturesColor: "data.js has pictures in color that are not packed.",
      picturesEncoding: (encoding) => `data.js has pictures of an unknown encoding, “${encoding}”.`,
      pictureDamaged: (number) => `The picture of item ${number} in data.js is damaged.`,
    },
    field: {
      lacks: (name) => `data.js lacks the field “${name}”.`, type: (name, given, wanted) => `The field “${name}” has the type “${given}” in place of ${wanted.join(" or ")}.`,
      noShape: (name) => `The field “${name}” has no shape.`, shape: (name, given, wanted) => `The field “${name}” has the shape [${given}] in place of [${wanted}].`,
      encoding: (name) => `The field “${name}” has an unknown encoding.`, noData: (name) => `The field “${name}” has no data.`,
      bytes: (name, given, wanted) => `The field “${name}” counts ${given} bytes in place of ${wanted}.`,
      parts: (name, n, part) => `The field “${name}” needs ${n} ${n === 1 ? "number" : "numbers"} of ${part}.`,
      damaged: (name) => `The field “${name}” in data.js is damaged.`, holds: (name, given, wanted) => `The field “${name}” in data.js holds ${given} bytes in place of ${wanted}.`,
      noTexts: (name) => `The field “${name}” in data.js is no list of texts.`,
      texts: (name, given, wanted) => `The field “${name}” in data.js holds ${given} texts in place of ${wanted}.`,
    },
    column: {
      unnamed: (number) => `Column ${number} in data.js has no name.`, twice: (name) => `Two columns in data.js have the name “${name}”.`,
      kind: (name, kind) => `The column “${name}” in data.js is of a kind that this page does not know, “${kind}”.`,
      levels: (name) => `The column “${name}” in data.js has no list of its levels.`,
      unit: (name, unit) => `The column “${name}” in data.js counts its dates in an unknown unit, “${unit}”.`,
      code: (name, code) => `The column “${name}” in data.js has the code ${code} and no name for it.`,
      infinite: (name) => `The column “${name}” in data.js holds an infinite number.`, tags: (name) => `The column “${name}” in data.js does not say whose its tags are.`,
      missing: (name) => `The column “${name}” in data.js does not say how many of its values are missing.`,
      miscounted: (name, said, found) => `The column “${name}” in data.js says that ${said} of its values are missing, and ${found} are.`,
      label: "The label in data.js is no column of categories.", clusters: "The clusters in data.js are no column of categories.",
      text: "The text in data.js is no column of text.",
      titles: "The titles in data.js are no column of text.",
    },
    set: {
      unnamed: (number) => `The set of vectors ${number} in data.js has no name.`, twice: (name) => `Two sets of vectors in data.js have the name “${name}”.`,
      origin: (name) => `The vectors “${name}” in data.js have an unknown origin.`, size: (name) => `The vectors “${name}” in data.js have no size that a page can show.`,
      neighbors: (name, k, points) => `The vectors “${name}” in data.js have ${k} neighbors per point, of ${points} points.`,
    },
    maps: {
      frames: (name) => `The frames of the map “${name}” in data.js have no names.`,
      unnamed: (number) => `Map ${number} in data.js has no name, title or field.`, twice: (name) => `Two maps in data.js have the name “${name}”.`,
      vectors: (name) => `The map “${name}” in data.js is of vectors that are not there.`,
    },
    mode: {
      unnamed: (number) => `Color mode ${number} in data.js has no key, title or field.`,
      own: (title, key) => `The color mode “${title}” in data.js has the key “${key}”, which the page keeps for itself.`,
      map: (title, map) => `The color mode “${title}” in data.js is of the map “${map}”, which is not there.`,
      twice: (title, key) => `The color mode “${title}” in data.js has a key that another has, “${key}”.`,
      ramp: (title, ramp) => `The color mode “${title}” in data.js has a ramp that this page does not know, “${ramp}”.`,
      ends: (title) => `The color mode “${title}” in data.js needs a text for each of its two ends.`,
    },
    network: {
      name: { decoder: "decoder", encoder: "encoder" }, noLayers: (what) => `The ${what} in data.js has no layers.`,
      layer: (number, what) => `Layer ${number} of the ${what} in data.js does not fit.`,
      activation: (number, what) => `Layer ${number} of the ${what} in data.js does not fit. Its activation is unknown.`,
      kind: (what, kind) => `The ${what} in data.js has a layer of a kind that this page cannot run, “${kind}”.`,
      image: "The decoder in data.js does not end in an image of the right side.", vector: "The encoder in data.js does not end in a vector of the right size.",
      fit: "The encoder in data.js does not say how a picture is fitted.", ground: "The encoder in data.js does not say on which ground a picture lies.",
    },
    tileData: {
      then: (sentence) => `${sentence} Make the tiles again.`, missing: "There is no tiles/data.js beside this page: its tiles were not made, or not to the end.",
      damaged: "tiles/data.js is damaged or was cut short.",
      foreign: "tiles/data.js was not written by a maker of tiles.",
      version: (given, own) => `tiles/data.js has version ${given} of the format, and this page reads version ${own}.`,
      title: "tiles/data.js has no title.", rows: "tiles/data.js has no count of rows.", extent: "tiles/data.js does not say where the map lies.",
      classes: (most) => `tiles/data.js has no list of at most ${most} classes.`,
      peaks: "tiles/data.js has no highest count per level.", kept: "tiles/data.js does not say what its tiles keep.", levels: (n) => `tiles/data.js has no tiles of ${n} levels.`,
      level: (level) => `The list of tiles of level ${level} in tiles/data.js is damaged.`,
      held: (given, wanted) => `The tiles of tiles/data.js hold ${given} rows in place of ${wanted}.`,
      classRows: (number) => `The class ${number} in tiles/data.js has no count of rows.`, className: (number) => `The class ${number} in tiles/data.js has no name.`,
      others: "tiles/data.js does not count its other classes.",
      ofClasses: (given, wanted) => `The classes in tiles/data.js have ${given} rows in place of ${wanted}.`,
    },
  };
});
