// Numbers as the page writes them.
"use strict";

NM.define("text", ["language"], ({ tag }) => {
  const grouped = new Intl.NumberFormat(tag);
  const minus = (text) => text.replace("-", "−");

  const fixedBy = new Map(); // digits -> format
  function formatOf(digits) {
    if (!fixedBy.has(digits)) {
      const format = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false, signDisplay: "negative" };
      fixedBy.set(digits, new Intl.NumberFormat(tag, format));
    }
    return fixedBy.get(digits);
  }

  // With so many digits after the point; never "−0.00".
  const fixed = (value, digits) => minus(formatOf(digits).format(value));

  // A latent value in the width of a cell.
  const latent = (value) => fixed(value, Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2);

  // How to write the values of a range: as many digits as tell its hundredths apart.
  function withinRange(low, high) {
    const span = high - low || Math.abs(high) || 1;
    const largest = Math.max(Math.abs(low), Math.abs(high));
    if (span < 1e-5 || largest >= 1e9) return (value) => minus(value.toExponential(2));
    const digits = Math.max(0, Math.min(8, 2 - Math.floor(Math.log10(span))));
    const format = new Intl.NumberFormat(tag, { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: "negative" });
    return (value) => minus(format.format(value));
  }

  // Six digits at most: what a reader takes in of a number of which nothing else is known.
  const six = new Intl.NumberFormat(tag, { maximumSignificantDigits: 6 });
  const shares = new Intl.NumberFormat(tag, { style: "percent" });
  const separators = grouped.formatToParts(12345.6).filter(({ type }) => type === "decimal" || type === "group");

  return {
    count: (n) => minus(grouped.format(n)), fixed, latent, withinRange, percent: (share) => shares.format(share),
    significant: (value) => minus(six.format(value)), scientific: (value) => minus(value.toExponential(3)),
    // The decimal one and that of thousands, as plotly asks for them.
    separators: [...separators].reverse().map(({ value }) => value).join(""),
  };
});
