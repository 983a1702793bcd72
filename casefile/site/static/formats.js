/* How a number is printed: the same as casefile/figures/formats.py, digit for digit; a test holds the two equal. */
"use strict";
globalThis.casefile ??= {};
casefile.formats = (() => {
  const MINUS = "\u2212";
  const SCALES = [[1e12, " trillion"], [1e9, " billion"], [1e6, " million"]];
  const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
  const MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
  ];

  // toFixed rounds the exact binary value, halves away from zero, but writes exponents from 1e21 on, where every
  // double is a whole number.
  function fixed(value, digits) {
    const size = Math.abs(value);
    const [whole, part = ""] = (size < 1e21 ? size.toFixed(digits) : BigInt(size).toString()).split(".");
    const decimals = part.replace(/0+$/, "");
    return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (decimals && "." + decimals);
  }

  function scientific(value, digits) {
    if (value === 0) return "0";
    let exponent = Math.floor(Math.log10(value));
    let mantissa = fixed(value / Number(`1e${exponent}`), digits);
    if (mantissa === "10") [mantissa, exponent] = ["1", exponent + 1];
    return `${mantissa} × 10${[...String(exponent)].map((sign) => SUPERSCRIPTS[sign]).join("")}`;
  }

  function scaled(value, digits) {
    for (const [scale, word] of SCALES) {
      if (Math.abs(value) >= scale * (1 - 5e-7)) return fixed(value / scale, 2) + word;
    }
    return fixed(value, digits);
  }

  const SPELLED = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
  const DIRECTIONS = {
    change: [(size) => `up ${size}`, (size) => `down ${size}`, "unchanged"],
    lead: [(size) => `${size} ahead`, (size) => `${size} behind`, "level"],
    against: [(size) => `${size} above`, (size) => `${size} below`, "level with"],
  };

  // Python's round() goes to the even neighbour on a half.
  function nearest(value) {
    const down = Math.floor(value), above = value - down;
    return above < 0.5 || (above === 0.5 && down % 2 === 0) ? down : down + 1;
  }

  function date(value) {
    const day = new Date(nearest(value) * 864e5);
    return `${day.getUTCDate()} ${MONTHS[day.getUTCMonth()]} ${day.getUTCFullYear()}`;
  }

  function printed(value, unit, digits) {
    if (value == null || Number.isNaN(value)) return "not known";
    if (!Number.isFinite(value)) return "without limit";
    let decimals = digits ?? unit.digits;
    if (unit.style === "date") return date(value);
    let shown = unit.style === "percent" ? value * 100 : value;
    if (decimals < 0 && unit.style === "scientific") decimals = -decimals - 1;
    else if (decimals < 0) {
      shown = Number(shown.toPrecision(-decimals));
      decimals = shown ? Math.max(0, -decimals - 1 - Number(shown.toExponential().split("e")[1])) : 0;
    }
    const print = { money: scaled, number: scaled, scientific: (number, to) => scientific(Math.abs(number), to) };
    const text = (print[unit.style] ?? fixed)(shown, decimals);
    const sign = value < 0 && /[1-9]/.test(text) ? MINUS : "";
    return `${sign}${unit.prefix}${text}${unit.suffix}`;
  }

  // A size with its direction, or a multiple as prose has it: `4.2 times`, or `4.2` where the word stands further on.
  function directed(value, unit, part, digits) {
    if (value == null || Number.isNaN(value)) return "not known";
    if (part === "times" || part === "bare") {
      return printed(value, unit, digits).slice(0, -unit.suffix.length) + (part === "times" ? " times" : "");
    }
    if (part === "words") return SPELLED[printed(value, unit, digits)] ?? printed(value, unit, digits);
    const size = printed(Math.abs(value), unit, digits);
    if (!DIRECTIONS[part]) return size;
    const [above, below, level] = DIRECTIONS[part];
    return /[1-9]/.test(size) ? (value > 0 ? above : below)(size) : level;
  }

  function printedRange(low, high, unit, digits) {
    if (low == null && high == null) return "not known";
    if (high == null) return `at least ${printed(low, unit, digits)}`;
    if (low == null) return `at most ${printed(high, unit, digits)}`;
    return [...new Set([printed(low, unit, digits), printed(high, unit, digits)])].join(" to ");
  }

  /** An ISO date in words that no line parts; any other text, or no day, as it is. */
  function day(text) {
    if (!/^\d{4}(-\d\d){1,2}$/.test(text)) return text;
    const [year, month, ...days] = text.split("-").map(Number);
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, days[0] ?? 1);
    if (!year || !date.toISOString().startsWith(text)) return text;
    return [...days, MONTHS[month - 1], year].join("\u00a0");
  }

  /** A value in a chart's table or beside its mark, in a unit or as it is. */
  function cell(value, unit, digits) {
    if (value == null || value === "") return "–";
    if (typeof value === "number") {
      if (unit) return printed(value, unit, digits);
      return Number.isInteger(value) ? String(value) : `${value < 0 ? MINUS : ""}${fixed(Math.abs(value), 4)}`;
    }
    return day(String(value).replace(/T00:00:00\.000$/, ""));
  }

  return { fixed, printed, printedRange, directed, cell };
})();
