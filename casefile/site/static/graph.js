/* The page's derivation graph: every figure's value and text under other values of its parameters. */
"use strict";
casefile.graph = (() => {
  const { page, formulas, conditions, formats } = casefile;
  const names = Object.keys(page.figures);

  /** Every figure's value, with some given: figures stand in an order in which inputs come first. */
  function evaluate(given) {
    const values = {};
    for (const name of names) {
      values[name] = given[name] ?? (formulas[name] ? formulas[name](values) : page.figures[name].value ?? NaN);
    }
    for (const [name, { label, words, more }] of Object.entries(page.tallies)) {
      values[name] = given[name] ?? more + words.filter((one) => word(one, values) === label).length;
    }
    return values;
  }

  /** The figures whose formulas rest on any of the named ones, themselves included. */
  function downstream(roots) {
    const found = new Set(roots);
    for (const name of names) {
      if (formulas[name] && page.figures[name].inputs?.some((input) => found.has(input))) found.add(name);
    }
    for (const name of Object.keys(page.tallies)) found.add(name);
    return found;
  }

  /** An end of a figure's range that no formula gives: that of its draws under the supposed values, or the published one. */
  function end(name, which) {
    const { ranged } = api;
    return ranged instanceof Map && casefile.ranges.covers(name)
      ? ranged.get(name)?.[which]
      : page.figures[name][which];
  }

  function printed(name, values, part = "value") {
    const { unit: id, low_figure, high_figure, digits } = page.figures[name], unit = page.units[id];
    const low = values[low_figure] ?? end(name, "low"), high = values[high_figure] ?? end(name, "high");
    if (part === "low") return formats.printed(low, unit, digits);
    if (part === "high") return formats.printed(high, unit, digits);
    if (part === "range" && page.figures[name].value != null && low == null && high == null) return "the same";
    if (part === "range" || (part === "value" && page.figures[name].value == null)) {
      return formats.printedRange(low, high, unit, digits);
    }
    if (part !== "value") return formats.directed(values[name], unit, part, digits);
    return formats.printed(values[name], unit, digits);
  }

  /** The figure that a cell of a chart's row draws, or an end of whose range it is. */
  const drawn = (row, column) => (["value", "low", "high"].includes(column) && row.figure) || row[`${column}_figure`];

  /** A value in a chart's table or beside its mark, with the digits of the figure that it draws; the same as tables.cell. */
  function cell(value, unit, figure) {
    const own = page.figures[figure];
    return formats.cell(value, page.units[unit], own && own.unit === unit ? own.digits : undefined);
  }

  /** A line of arithmetic, a negative figure in brackets, a plain ratio without its sign; the same as formula.line. */
  function arithmetic(name, values) {
    const pieces = page.figures[name].arithmetic ?? [];
    return pieces.map((piece, position) => {
      if (position % 2 === 0) return piece;
      const text = printed(piece, values).replace(/×$/, "");
      return text.startsWith("\u2212") && pieces[position - 1] ? `(${text})` : text;
    }).join("");
  }

  function word(name, values) {
    return page.words[name][conditions[name].findIndex((holds) => holds(values))];
  }

  /** Whether figures decide a word, or the notebook's code did before the page was made. */
  function decided(name) {
    return page.words[name].length > 1;
  }

  /** A text with `{figure}`, `{figure:part}` or `{word}` in it, filled as printed; `remark` gives what follows a part. */
  function fill(template, values, remark = () => "") {
    return template.replace(
      /\{(\w+)(?::(\w+))?\}/g,
      (_, name, part) => (page.words[name] ? word(name, values) : printed(name, values, part) + remark(name, part)),
    );
  }

  const api = { evaluate, downstream, printed, drawn, cell, fill, arithmetic, word, decided, end, ranged: undefined };
  return api;
})();
