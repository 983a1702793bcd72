/* Lays what a notebook published under other values over its page: numbers, words, verdicts, tables and charts; and takes it off again. */
"use strict";
casefile.painting = (() => {
  const { page, graph, formats, whatIf, conditions } = casefile;
  const here = document.currentScript.src;

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const kept = new Map(); // what the page had, by element: its nodes, its text, its classes
  const published = { figures: { ...page.figures }, words: { ...page.words }, conditions: { ...conditions }, units: page.units };
  let painted, shown, differing = 0; // the key of the run that is painted, its results, how much differs by it

  const PASSAGES = ["told", "untold"]; // what a notebook says of a passage: `results.py`
  const stays = make("p", { className: "live-stays", hidden: true });
  // Where a reader sees it, the panel open or not: below the answer, which is set larger for standing next to the title.
  (document.querySelector("article :is(h1, .kicker) + p, article :is(h1, .kicker) + .slips + p") ?? whatIf.told).after(stays);

  /** Say what people wrote for the published page alone, which no run rewrites. */
  function standing(passages, findings) {
    const told = [];
    if (passages) told.push(`${passages === 1 ? "one passage belongs" : `${passages} passages belong`} to other values, and only the command’s page has the right ones`);
    if (findings) told.push(`the findings in words of ${findings === 1 ? "one claim" : `${findings} claims`} were written for the published verdicts`);
    stays.hidden = !told.length;
    stays.textContent = told.length ? `What does not follow: ${told.join("; ")}.` : "";
  }

  const plain = (text) => text.replace(/\s+/g, " ").replaceAll("'", "’").trim();

  /** A meaning for readers, as `formats.in_words` has it. */
  const inWords = (text) => text.replace(/\b\d{4}-\d\d-\d\d\b/g, (day) => formats.cell(day)).replace(/\b[a-z]+(?:_[a-z0-9]+)+\b/g, (name) => name.replaceAll("_", " "));

  function keep(element) {
    if (!kept.has(element)) {
      const was = element.dataset.was, name = element.className.replace(/\b(changed|stale)\b/g, "").trim();
      const title = element.classList.contains("stale") ? null : element.getAttribute("title"); // it then says of what the number is
      kept.set(element, { nodes: was === undefined ? [...element.childNodes] : [was], text: was ?? element.textContent, name, title });
    }
    return kept.get(element);
  }

  /** Give an element another text; whether it differs from the published one. */
  function put(element, text) {
    const { nodes, text: old } = keep(element);
    const changed = plain(text) !== plain(old);
    if (changed) element.textContent = text;
    else element.replaceChildren(...nodes);
    element.classList.toggle("changed", changed);
    if (element.classList.contains("stale")) {
      element.classList.remove("stale");
      element.removeAttribute("title");
      delete element.dataset.holds;
    }
    if (changed) element.dataset.was = old;
    else delete element.dataset.was;
    return changed;
  }

  function lost(element) {
    keep(element);
    element.classList.add("stale");
    element.dataset.holds = "as published";
    element.title = "The notebook works no such number out with these values.";
  }

  /** Have the page's graph answer with what the notebook published. */
  function rest({ figures, choices }) {
    for (const [name, figure] of Object.entries(figures)) {
      page.figures[name] = { ...figure, arithmetic: figure.formula?.arithmetic ?? [] };
    }
    for (const [name, { chosen }] of Object.entries(choices)) {
      page.words[name] = [chosen];
      conditions[name] = [() => true];
    }
    casefile.ranges?.forget();
  }

  /** Paint what a run came to; `key` is its own. How many figures and words differ from the published ones. */
  function paint({ results, units }, key) {
    if (painted === key) return differing;
    page.units = { ...published.units, ...units };
    rest(results);
    [painted, shown] = [key, results];
    const { choices, charts, verdicts } = results, values = valuesOf(results), changed = numbers();
    for (const block of document.querySelectorAll(".cannot-follow:not(.claim-finding)")) block.classList.remove("cannot-follow");
    steps(changed);
    for (const element of document.querySelectorAll("[data-word]")) {
      const choice = choices[element.dataset.word];
      if (choice && !element.closest("dialog") && put(element, choice.chosen)) changed.add(element.dataset.word);
    }
    for (const element of document.querySelectorAll("a.verdict")) {
      const verdict = verdicts[element.hash.replace("#claim-", "")];
      if (verdict && judged(element, verdict.verdict)) changed.add(`claim_${verdict.claim}`);
    }
    const findings = Object.values(verdicts).filter((verdict) => entry(verdict, values)).length;
    const passages = Object.entries(choices).filter(([name, { chosen }]) => PASSAGES.includes(chosen) && published.words[name]?.[0] !== chosen).length;
    standing(passages, findings);
    for (const drawn of Object.values(charts)) chart(drawn, values);
    differing = changed.size;
    return differing;
  }

  const valuesOf = ({ figures }) => Object.fromEntries(Object.entries(figures).map(([name, { value }]) => [name, value ?? NaN]));

  /** Paint every number, those too that the margin brought after the run; the names of those that differ. */
  function numbers() {
    const { figures } = shown, values = valuesOf(shown), changed = new Set();
    for (const element of document.querySelectorAll("[data-figure]")) {
      const { figure: name, part = "value" } = element.dataset;
      if (!published.figures[name] || element.closest("dialog") || element.closest(".chart-title, .chart-note, .chart-data")) continue;
      if (!figures[name]) lost(element);
      else if (put(element, graph.printed(name, values, part))) changed.add(name);
      if (figures[name] && element.matches("data")) element.value = figures[name].value ?? "";
    }
    for (const row of document.querySelectorAll(".derivation")) {
      const name = row.querySelector("[data-figure]")?.dataset.figure, figure = figures[name];
      if (!figure || !published.figures[name] || row.closest("dialog")) continue;
      const sum = row.querySelector(".derivation-arithmetic span"), meaning = row.querySelector(".derivation-meaning");
      if (sum && figure.formula) put(sum, `= ${graph.arithmetic(name, values)}`);
      if (meaning) put(meaning, inWords(figure.meaning));
    }
    for (const meaning of document.querySelectorAll(".rule-meaning")) {
      const figure = figures[meaning.closest("li").querySelector("[data-figure]")?.dataset.figure];
      if (figure) put(meaning, `(${inWords(figure.meaning)})`);
    }
    return changed;
  }

  /** What another chapter worked out on the way to a number is told as it was published. */
  function steps(changed) {
    for (const lineage of document.querySelectorAll(".derivation-lineage")) {
      const name = lineage.closest(".derivation").querySelector("[data-figure]").dataset.figure;
      if (!changed.has(name) || lineage.closest("dialog")) continue;
      keep(lineage);
      lineage.classList.add("cannot-follow");
      lineage.dataset.note = "As published.";
    }
  }

  /** Give an element the class of a verdict, in place of another's. */
  function classed(element, kind, verdict) {
    element.className = [...element.className.split(" ").filter((name) => !name.startsWith(kind)), kind + verdict].join(" ");
  }

  function judged(element, verdict) {
    keep(element);
    classed(element, "verdict-", verdict);
    return put(element, verdict);
  }

  /** Give what is chosen by its verdict another one, and keep the published. */
  function ruled({ dataset }, verdict) {
    dataset.published ??= dataset.verdict;
    dataset.verdict = verdict;
  }

  /** A claim's bar in the article as a bar code, with what it says to whoever points at it or hears it. */
  function barred(claim, verdict) {
    for (const bar of document.querySelectorAll(`a.bar[href$="#claim-${claim}"]`)) {
      const { text, title } = keep(bar), said = text.trim().replace(/^\w+/, verdict);
      classed(bar, "bar-", verdict);
      bar.title = title.replace(/^\w+/, verdict);
      put(bar.firstElementChild, said);
      ruled(bar.closest("[data-verdict]"), verdict);
    }
  }

  /** A claim of the ledger: its verdict, the line of its rule that held, what would flip it. Whether its finding no longer fits. */
  function entry({ claim, verdict, reason, rule, flips }, values) {
    barred(claim, verdict);
    const section = document.getElementById(`claim-${claim}`);
    const mark = section?.querySelector(".claim-head .verdict, .verdict");
    if (!mark) return false;
    const moved = judged(mark, verdict), why = section.querySelector(".claim-reason");
    ruled(section, verdict);
    if (reason) put(why, reason);
    else unfitting(why, moved); // it says what the published verdict means
    for (const word of section.querySelectorAll("summary em")) put(word, verdict);
    const lines = [...section.querySelectorAll(".rule > li")];
    lines.forEach((one, place) => {
      keep(one);
      one.classList.toggle("rule-held", rule[place]?.[0] === verdict);
    });
    const list = section.querySelector("ul.flips");
    if (list) {
      keep(list);
      list.replaceChildren(...flips.map((flip) => flipping(flip, values)));
      list.classList.toggle("changed", moved);
    }
    return unfitting(section.querySelector(".claim-finding"), moved);
  }

  /** Words that were written for the published verdict are dimmed where another has come. */
  function unfitting(words, moved) {
    keep(words);
    words.classList.toggle("cannot-follow", moved);
    if (moved) words.dataset.note = "Written for the published verdict.";
    return moved;
  }

  function flipping({ figure, value, becomes }) {
    const { unit, digits, meaning } = page.figures[figure];
    return make("li", {}, "to ", make("strong", { textContent: becomes }), `, if “${meaning}” were ${formats.printed(value, page.units[unit] ?? {}, digits)}`);
  }

  // ----------------------------------------------------------------------------------------------------------- charts

  function chart({ id, title, alt, note, rows, columns, order, spec }, values) {
    const figure = document.getElementById(`chart-${id}`);
    if (!figure) return;
    const heading = figure.querySelector(".chart-title"), remark = figure.querySelector(".chart-note");
    const picture = figure.querySelector("[data-chart]"), body = figure.querySelector(".chart-data tbody");
    put(heading, graph.fill(title, values));
    if (remark) put(remark, graph.fill(note ?? "", values));
    if (picture) {
      picture.dataset.alt ??= picture.getAttribute("aria-label");
      picture.setAttribute("aria-label", graph.fill(alt, values));
    }
    const named = (order ?? Object.keys(columns)).map((column) => [column, ...columns[column].split("|")]);
    if (body) {
      keep(body);
      body.replaceChildren(...rows.map((row) => make("tr", {}, ...named.map(([column, , unit], place) =>
        make(place ? "td" : "th", { textContent: graph.cell(row[column], unit, graph.drawn(row, column)), className: place && unit ? "number" : "" })))));
    }
    redraw(id, spec, named);
  }

  const compiled = () => (casefile.compile ? Promise.resolve() : (loading ??= library()));
  let loading;
  /** Vega-Lite's compiler, which comes with the bundle and only once a chart is drawn anew. */
  async function library() {
    const root = new URL("../live/", here);
    const [file] = (await (await fetch(new URL("bundle.json", root))).json()).charts;
    await new Promise((resolve, reject) => {
      document.head.append(make("script", { src: new URL(file.path, root).href, integrity: file.integrity, onload: resolve, onerror: reject }));
    });
  }

  const WIDE = 640, NARROW = 340;
  const fits = (spec) => !["hconcat", "vconcat", "concat", "facet", "repeat"].some((kind) => kind in spec);

  /** A specification at a width, as `pictures.sized` gives it. */
  function sized({ usermeta: { narrow: other } = {}, ...spec }, width) {
    const made = other && width <= NARROW ? other : spec;
    return fits(made) ? { ...made, width, autosize: { type: "fit-x", contains: "padding" } } : made;
  }

  const drawn = new Map(); // chart → what it is drawn from, as text

  /** Draw a chart from another specification than the one it shows, at the width that it is looked at. */
  async function redraw(id, spec, named) {
    const key = painted;
    try {
      await compiled();
      await casefile.charts.prepare();
      const from = JSON.stringify([spec, named]);
      if (key !== painted || drawn.get(id) === from) return;
      drawn.set(id, from);
      const columns = named.map(([column, label, unit = ""]) => [column, label, unit]), widths = fits(spec) ? { wide: WIDE, narrow: NARROW } : {};
      casefile.charts.redraw(id, { columns, widths, at: (size) => casefile.compile(sized(spec, size === "narrow" ? NARROW : WIDE)) });
    } catch {
      if (key !== painted) return;
      drawn.delete(id);
      casefile.charts.redraw(id, null);
    }
  }

  /** Have the numbers that came to the page since it was painted say what the rest of it does. */
  function adopt() {
    if (painted) numbers();
  }

  /** The page as it was made. */
  function restore() {
    if (!painted) return;
    painted = undefined;
    page.units = published.units;
    Object.assign(conditions, published.conditions);
    for (const name of Object.keys(page.figures)) {
      if (published.figures[name]) page.figures[name] = published.figures[name];
      else delete page.figures[name];
    }
    Object.assign(page.words, published.words);
    for (const [element, { nodes, name, title }] of kept) {
      element.replaceChildren(...nodes);
      element.className = name;
      if (!name) element.removeAttribute("class");
      if (title) element.title = title;
      else element.removeAttribute("title");
      for (const mark of ["was", "holds"]) delete element.dataset[mark];
      if (element.matches("data")) element.value = page.figures[element.dataset.figure]?.value ?? "";
    }
    kept.clear();
    drawn.clear();
    standing(0, 0);
    for (const section of document.querySelectorAll("[data-published]")) {
      section.dataset.verdict = section.dataset.published;
      delete section.dataset.published;
    }
    for (const picture of document.querySelectorAll("[data-alt]")) {
      picture.setAttribute("aria-label", picture.dataset.alt);
      delete picture.dataset.alt;
    }
    casefile.charts?.restore();
  }

  return { paint, adopt, restore, compiled, differing: () => differing, painted: () => painted };
})();
