// A filter as a part of the address and back: "price:from:10:20;class:in:0,3".
"use strict";

NM.define("clause_text", ["data", "measures"], ({ maps }, measures) => {
  const MAX_CORNERS = 500;
  const write = (clauses) => clauses.map((clause) => parts(clause).map((part) => encodeURIComponent(part)).join(":")).join(";");

  function parts(clause) {
    const { op, column } = clause;
    if (op === "within") return [clause.map, op, clause.corners.map((corner) => corner.join(",")).join(",")];
    if (op === "from") return [column, op, ...[clause.low, clause.high].map((end) => (Number.isFinite(end) ? end : ""))];
    if (op === "has") return [column, op, clause.words];
    return op === "in" || op === "not" ? [column, op, clause.codes.join(",")] : [column, op];
  }

  const numbers = (text) => (text === "" ? [] : text.split(",").map(Number));

  function ofLevels({ name, levels, missing, kind }, op, given) {
    const codes = numbers(given).filter((code) => code in (levels || []) || (code === -1 && missing > 0 && kind !== "tags"));
    return codes.length > 0 ? { op, column: name, codes: [...new Set(codes)] } : null;
  }

  function ofRange({ name, values }, low, high) {
    const ends = [low === "" ? -Infinity : Number(low), high === "" ? Infinity : Number(high)];
    return values && !ends.some(Number.isNaN) ? { op: "from", column: name, low: ends[0], high: ends[1] } : null;
  }

  function ofRegion(map, given) {
    const flat = numbers(given);
    const isLine = flat.length >= 6 && flat.length <= 2 * MAX_CORNERS && flat.length % 2 === 0 && flat.every(Number.isFinite);
    if (!isLine || !maps.some(({ name }) => name === map)) return null;
    return { op: "within", map, corners: Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at], flat[2 * at + 1]]) };
  }

  function clauseOf(text) {
    const [name, op, first = "", second = ""] = text.split(":").map(decodeURIComponent);
    if (op === "within") return ofRegion(name, first);
    const column = measures.find(name);
    if (!column) return null;
    if (op === "in" || op === "not") return ofLevels(column, op, first);
    if (op === "from") return ofRange(column, first, second);
    if (op === "has") return column.kind === "text" && first !== "" ? { op, column: name, words: first } : null;
    return op === "missing" || op === "given" ? { op, column: name } : null;
  }

  // Anything may stand in an address: what does not fit the data is passed over, and so is a second clause of one column.
  function read(hash) {
    const given = /[#&]where=([^&]*)/.exec(hash)?.[1] ?? "";
    const found = new Map();
    for (const text of given.split(";")) {
      try {
        const clause = clauseOf(text);
        const target = clause && JSON.stringify([clause.column, clause.map]);
        if (clause && !found.has(target)) found.set(target, clause);
      } catch { /* no text of ours */ }
    }
    return [...found.values()];
  }

  return { write, read };
});
