// Numbers as the page writes them.
"use strict";

NM.define("text", [], () => {
  const grouped = new Intl.NumberFormat("en");
  const minus = (text) => text.replace("-", "−");

  const ordinal = (n) => `${n}${n % 100 > 10 && n % 100 < 14 ? "th" : ["th", "st", "nd", "rd"][n % 10] || "th"}`;

  // A latent value in the width of a cell; never "−0.00".
  function latent(value) {
    const digits = Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2;
    const written = Math.abs(value).toFixed(digits);
    return value < 0 && Number(written) !== 0 ? `−${written}` : written;
  }

  // How to write the values of a range: as many digits as tell its hundredths apart.
  function withinRange(low, high) {
    const span = high - low || Math.abs(high) || 1;
    const largest = Math.max(Math.abs(low), Math.abs(high));
    if (span < 1e-5 || largest >= 1e9) return (value) => minus(value.toExponential(2));
    const digits = Math.max(0, Math.min(8, 2 - Math.floor(Math.log10(span))));
    const format = new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: "negative" });
    return (value) => minus(format.format(value));
  }

  // Six digits at most: what a reader takes in of a number of which nothing else is known.
  const six = new Intl.NumberFormat("en", { maximumSignificantDigits: 6 });

  return {
    count: (n) => minus(grouped.format(n)), ordinal, latent, withinRange,
    significant: (value) => minus(six.format(value)), scientific: (value) => minus(value.toExponential(3)),
  };
});
