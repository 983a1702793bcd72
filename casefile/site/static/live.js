/* What formulas cannot say, the notebook says: its own cells run in a worker, and the whole page follows what they publish. */
"use strict";
casefile.live = (() => {
  const { page, graph, formats, whatIf, conditions } = casefile;
  const here = document.currentScript.src;
  const PAUSE = 120; // milliseconds that the hand rests before the notebook runs
  const MOST = 40; // results that are remembered
  const STOPPED = { failed: "stopped" };

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // ------------------------------------------------------------------------------------------------------ the worker

  let worker, asking = 0;
  const waiting = new Map();

  function begin() {
    if (worker) return;
    worker = new Worker(new URL("worker.js", here));
    worker.onmessage = ({ data }) => {
      if (data.id === undefined) return progress(data);
      const done = waiting.get(data.id);
      waiting.delete(data.id);
      done?.(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      end("it could not be started");
    };
  }

  function end(why) {
    worker?.terminate();
    worker = undefined;
    for (const [id, done] of waiting) {
      waiting.delete(id);
      done({ failed: why });
    }
  }

  /** Make ready what a run needs, as soon as a control that asks for one is reached: most of the wait is over when it moves. */
  function prepare() {
    if (worker || stopped || navigator.connection?.saveData) return;
    try { begin(); } catch { return; } // told when a value is asked for
    worker.postMessage({ id: ++asking });
    compiled().then(() => casefile.charts?.prepare()).catch(() => {});
  }

  /** What came of a question: what the notebook publishes under some overrides, or why it does not. */
  async function ask(question) {
    try {
      begin();
    } catch {
      return { failed: location.protocol === "file:" ? "a page opened as a file may start none" : "this browser starts none for this page" };
    }
    const id = ++asking;
    const { failed, answer } = await new Promise((resolve) => {
      waiting.set(id, resolve);
      worker.postMessage({ id, question: JSON.stringify({ chapter: page.chapter, ...question }) });
    });
    if (!failed) return JSON.parse(answer);
    end(failed);
    return { failed };
  }

  // ---------------------------------------------------------------------------------------------------------- the state

  const instant = ({ figure, code }) => figure && !code;
  const done = new Map(); // overrides as JSON → what came of them
  let current, painted, due = 0, stopped = false;

  /** The reader's values by the homes of their parameters, where they are not the defaults. */
  function overrides() {
    const given = {};
    for (const { name, home, default: usual } of page.parameters) {
      if (whatIf.value(name) !== usual) (given[home] ??= {})[name] = whatIf.value(name);
    }
    return given;
  }

  /** What the page shows of a run of the notebook; nothing where formulas alone say all, or where none has run. */
  function follow() {
    clearTimeout(due);
    const own = casefile.own?.asked(); // what the reader typed, and said to run
    if (!own && whatIf.moved().every(instant)) {
      current = undefined;
      restore();
      status();
      return undefined;
    }
    const given = overrides(), key = JSON.stringify([given, own?.turn]), known = done.get(key);
    if (key !== current) stopped = false;
    current = key;
    if (own && (known || stopped)) casefile.own.answered(known ?? STOPPED);
    if (known?.results) {
      status();
      return { paint: () => painting(known, key) };
    }
    if (known || stopped) status(known?.refused ?? known?.failed, Boolean(known?.refused));
    else {
      busy(worker ? "Working it out…" : "The notebook itself has to run: its parts are fetched, once…");
      due = setTimeout(() => run({ ...own?.question, overrides: given }, key), PAUSE);
    }
    if (own && (known || stopped)) restore(); // what was not run is not mixed with what was
    return painted ? { paint: () => differing } : undefined;
  }

  async function run(question, key) {
    const answer = await ask(question);
    if (stopped) return;
    if (done.size >= MOST) done.delete(done.keys().next().value);
    done.set(key, answer);
    if (key === current) whatIf.refresh();
  }

  /** Paint what came; what the page cannot show leaves it as it was published. */
  function painting({ results, units }, key) {
    try {
      page.units = { ...published.units, ...units };
      return paint(results, key);
    } catch (error) {
      restore();
      done.set(key, { refused: `what it publishes cannot be shown on this page (${error.message})` });
      return follow()?.paint() ?? 0;
    }
  }

  // -------------------------------------------------------------------------------------------------------- the status

  const words = make("span");
  const bar = make("progress", { hidden: true });
  const stop = make("button", { type: "button", textContent: "Stop", hidden: true });
  const line = make("p", { className: "live-status", hidden: true }, words, " ", bar, " ", stop);
  line.setAttribute("role", "status");
  bar.setAttribute("aria-label", "How much of it is here");

  /** The line stands among the controls, or in the bar at the foot while they are closed. */
  function place() {
    const foot = document.querySelector(".version");
    if (casefile.own?.asked()) casefile.own.told.after(line);
    else if (whatIf.panel.hidden && foot) foot.append(line);
    else whatIf.told.after(line);
  }

  function busy(text) {
    place();
    line.hidden = stop.hidden = false;
    words.textContent = text;
    document.documentElement.classList.add("live-busy");
  }

  function status(why, refused = false) {
    document.documentElement.classList.remove("live-busy");
    place();
    bar.hidden = stop.hidden = true;
    line.hidden = !(why || stopped);
    if (stopped) words.textContent = `Stopped. ${casefile.own?.asked() ? "Run it again" : "Move a control to go on"}, or take the command below.`;
    else if (why && refused) words.textContent = `The notebook refuses this: ${why}`;
    else if (why) words.textContent = `The notebook cannot run in this page: ${why}. The command below works it out.`;
  }

  const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
  function progress({ phase, come, total, chapter }) {
    if (stopped || current === undefined) return;
    bar.hidden = phase !== "fetching";
    if (phase === "fetching") {
      bar.max = total;
      bar.value = come;
      busy(`The notebook itself has to run. Fetching it with all it needs, ${megabytes(total)}, once: ${megabytes(come)}`);
    } else if (phase === "starting") busy("Starting Python in this page…");
    else busy(chapter && chapter !== page.chapter ? `Working it out: ${chapter.replace(/^\d+_/, "")} first…` : "Working it out…");
  }

  stop.addEventListener("click", () => {
    stopped = true;
    end(STOPPED.failed);
    whatIf.refresh();
  });

  // -------------------------------------------------------------------------------------------------------- painting

  const kept = new Map(); // what the page had, by element: its nodes, its text, its classes
  const published = { figures: { ...page.figures }, words: { ...page.words }, conditions: { ...conditions }, units: page.units };
  let differing = 0, ranged;

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

  function keep(element) {
    if (!kept.has(element)) {
      const was = element.dataset.was;
      kept.set(element, { nodes: was === undefined ? [...element.childNodes] : [was], text: was ?? element.textContent, name: element.className.replace(/\b(changed|stale)\b/g, "").trim() });
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
    element.classList.remove("stale");
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
    if (!painted) ranged = graph.ranged;
    graph.ranged = undefined;
  }

  function paint(results, key) {
    if (painted === key) return differing;
    rest(results);
    painted = key;
    const { figures, choices, charts, verdicts } = results;
    const values = Object.fromEntries(Object.entries(figures).map(([name, { value }]) => [name, value ?? NaN]));
    const changed = new Set();
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
      if (meaning && figure.meaning !== published.figures[name].meaning) put(meaning, figure.meaning);
    }
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
    for (const block of document.querySelectorAll(".cannot-follow:not(.claim-finding)")) block.classList.remove("cannot-follow");
    differing = changed.size;
    return differing;
  }

  function judged(element, verdict) {
    const { text } = keep(element);
    element.classList.remove(`verdict-${element.dataset.now ?? text.trim()}`);
    element.classList.add(`verdict-${verdict}`);
    element.dataset.now = verdict;
    return put(element, verdict);
  }

  /** A claim of the ledger: its verdict, the line of its rule that held, what would flip it. Whether its finding no longer fits. */
  function entry({ claim, verdict, reason, rule, flips }, values) {
    const section = document.getElementById(`claim-${claim}`);
    const mark = section?.querySelector(".claim-head .verdict, .verdict");
    if (!mark) return false;
    const moved = judged(mark, verdict), why = section.querySelector(".claim-reason");
    section.dataset.published ??= section.dataset.verdict;
    section.dataset.verdict = verdict;
    if (why && reason) put(why, reason);
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

  /** A finding in words was written for the published verdict: dimmed where another has come. */
  function unfitting(finding, moved) {
    if (finding) keep(finding);
    finding?.classList.toggle("cannot-follow", moved);
    if (finding && moved) finding.dataset.note = "Written for the published verdict.";
    return Boolean(finding) && moved;
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
    if (remark && note) put(remark, graph.fill(note, values));
    if (picture) {
      picture.dataset.alt ??= picture.getAttribute("aria-label");
      picture.setAttribute("aria-label", graph.fill(alt, values));
    }
    const named = (order ?? Object.keys(columns)).map((column) => [column, ...columns[column].split("|")]);
    if (body) {
      keep(body);
      body.replaceChildren(...rows.map((row) => make("tr", {}, ...named.map(([column, , unit], place) =>
        make(place ? "td" : "th", { textContent: formats.cell(row[column], page.units[unit]), className: place && unit ? "number" : "" })))));
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

  async function redraw(id, spec, named) {
    const key = current;
    try {
      await compiled();
      await casefile.charts.prepare();
      if (key !== current) return;
      casefile.charts.redraw(id, {
        spec: casefile.compile(sized(spec, WIDE)), narrow: casefile.compile(sized(spec, NARROW)), columns: named.map(([column, label, unit = ""]) => [column, label, unit]),
        widths: fits(spec) ? { wide: WIDE, narrow: NARROW } : {},
      });
    } catch {
      casefile.charts.redraw(id, null);
    }
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
    graph.ranged = ranged;
    for (const [element, { nodes, name }] of kept) {
      element.replaceChildren(...nodes);
      element.className = name;
      for (const empty of ["title", ...(name ? [] : ["class"])]) element.removeAttribute(empty);
      for (const mark of ["was", "holds", "now"]) delete element.dataset[mark];
    }
    kept.clear();
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

  for (const parameter of page.parameters) {
    if (instant(parameter)) continue;
    const control = document.getElementById(`what-if-${parameter.name}`)?.closest(".what-if-control");
    for (const reached of ["pointerenter", "focusin"]) control?.addEventListener(reached, prepare);
  }

  return { follow, ask, restore, shown: () => painted !== undefined && painted === current };
})();
casefile.whatIf.refresh();
