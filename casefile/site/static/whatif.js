/* What if: the chapter's parameters as controls. Every number, word and verdict that rests on them follows at once. */
"use strict";
casefile.whatIf = (() => {
  const { page, graph, formats, fields: { accepted } } = casefile;
  const STEPS = 1000;
  const EPOCH_DAY = 864e5;
  // A range comes from draws that no formula of the page can repeat: it holds for the values the page was made with.
  const OWN = page.parameters.every((parameter) => parameter.value === parameter.default);
  const HOLDS = OWN ? "at the defaults" : "in this rerun";
  const RANGE = `This range holds ${
    OWN ? "for the defaults" : "for the values of this rerun"
  }; a rerun works it out anew.`;
  const WRITTEN = `Written for ${OWN ? "the published values" : "the values of this rerun"}.`;
  const controls = page.parameters.filter((parameter) => parameter.figure);
  // Every parameter turns: those of formulas here and at once, all others by a run of the notebook, in live.js.
  const all = page.parameters;
  const byName = new Map(all.map((parameter) => [parameter.name, parameter]));
  const state = new Map(all.map(({ name, value }) => [name, value]));

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // ------------------------------------------------------------------------------------------------------- values

  const toNumber = ({ type }, value) => (type === "date" ? Date.parse(`${value}T00:00Z`) / EPOCH_DAY : Number(value));
  function printedValue(parameter, value) {
    const figure = page.figures[parameter.figure];
    if (figure) return formats.printed(toNumber(parameter, value), page.units[figure.unit], figure.digits);
    return parameter.labels?.[value] ??
      (parameter.type === "string"
        ? String(value)
        : typeof value === "boolean"
        ? (value ? "yes" : "no")
        : formats.cell(value));
  }

  const moved = () => all.filter(({ name, value }) => state.get(name) !== value);
  const apart = () =>
    page.parameters.filter((parameter) => (state.get(parameter.name) ?? parameter.value) !== parameter.default);

  function search() {
    const query = new URLSearchParams(location.search);
    for (const { name, value } of all) {
      if (state.get(name) === value) query.delete(name);
      else query.set(name, String(state.get(name)));
    }
    return query.size ? `?${query}` : "";
  }

  const words = () => moved().map(({ name }) => `${name} = ${state.get(name)}`).join(", ");
  const options = () => apart().map(({ name, value }) => `-p ${name} ${state.get(name) ?? value}`);
  const command = () => ["casefile rerun", page.chapter, ...options()].join(" ");
  const byPapermill = () => [`papermill chapters/${page.chapter}.ipynb out.ipynb`, ...options()].join(" ");

  // --------------------------------------------------------------------------------------------------------- page

  const given = () =>
    Object.fromEntries(controls.map((parameter) => [parameter.figure, toNumber(parameter, state.get(parameter.name))]));
  const reached = graph.downstream(controls.map(({ figure }) => figure));
  const before = graph.evaluate(given());
  const ranged = new Set(["low", "high", "range"]);

  // What may change, found once: each with the text it had. The margin may bring more of them later.
  const numbers = [], lines = [], taken = new WeakSet();
  function gather() {
    for (const element of document.querySelectorAll("[data-figure]")) {
      const { figure: name, part = "value" } = element.dataset;
      if (!reached.has(name) || taken.has(element) || element.closest("dialog")) continue;
      numbers.push({ element, name, part, text: element.dataset.was ?? element.textContent });
      taken.add(element);
    }
    for (const line of document.querySelectorAll(".derivation-arithmetic")) {
      const element = line.querySelector("span") ?? line,
        name = line.closest(".derivation")?.querySelector("[data-figure]")?.dataset.figure;
      if (!page.figures[name]?.arithmetic || taken.has(element) || element.closest("dialog")) continue;
      lines.push({ element, name, text: `= ${graph.arithmetic(name, before)}` });
      taken.add(element);
    }
  }
  gather();
  const chosen = [...document.querySelectorAll("[data-word]")]
    .map((element) => ({ element, name: element.dataset.word, text: element.textContent }))
    .filter(({ name }) => page.words[name]);
  const verdicts = [...document.querySelectorAll("a.verdict")]
    .map((element) => ({
      element,
      name: `claim_${element.hash.replace("#claim-", "")}`,
      text: element.textContent.trim(),
    }))
    .filter(({ name }) => page.words[name]);
  const cells = [...document.querySelectorAll("[data-cell], [data-template]")]
    .map((element) => ({ element, ...element.dataset, text: element.textContent }));
  const ranges = [...document.querySelectorAll("[data-range]")].map((element) => ({
    element,
    name: element.dataset.range,
    text: element.textContent,
  }));
  const alternatives = Object.entries(page.charts)
    .map(([id, { alt }]) => ({ element: document.querySelector(`[data-chart="${id}"]`), alt }))
    .filter(({ element, alt }) => element && alt)
    .map((alternative) => ({ ...alternative, text: alternative.element.getAttribute("aria-label") }));

  // What other chapters take too goes with whoever follows a link to them.
  const ways = [...document.querySelectorAll("a[href]")].flatMap((element) => {
    const { origin, pathname, search } = new URL(element.href, location.href);
    const shared = controls.filter(({ others }) =>
      origin === location.origin && others.some(([page]) => pathname.endsWith(`/${page}.html`))
    );
    return shared.length ? [{ element, search, shared }] : [];
  });

  function lead() {
    for (const way of ways) {
      const query = new URLSearchParams(way.search);
      for (const { name, value } of way.shared) {
        if (state.get(name) !== value) query.set(name, String(state.get(name)));
      }
      const taken = query.toString();
      if (taken !== way.taken) way.element.search = way.taken = taken;
    }
  }

  // Whatever is written has the browser work the page out again, if it was there before or not: only what differs is.

  /** Give an element a text. The node that holds it stays, where there is one: a new node has to be styled too. */
  function write(element, text) {
    if (element.textContent === text) return;
    const { firstChild } = element;
    if (firstChild?.nodeType === Node.TEXT_NODE && !firstChild.nextSibling) firstChild.data = text;
    else element.textContent = text;
  }

  /** Give an element an attribute; none at all for `undefined`. */
  function attribute(element, name, value) {
    if (value === undefined) element.removeAttribute(name);
    else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }

  function mark(element, text, old) {
    write(element, text);
    const changed = text !== old;
    element.classList.toggle("changed", changed);
    attribute(element, "data-was", changed ? old : undefined);
    return changed;
  }

  function stale(element, holds, why) {
    element.classList.toggle("stale", !holds);
    attribute(element, "title", holds ? undefined : why);
    attribute(element, "data-holds", holds ? undefined : HOLDS);
  }

  function verdict({ element, name, text }, values) {
    const now = graph.word(name, values);
    for (const label of page.words[name]) element.classList.toggle(`verdict-${label}`, label === now);
    return mark(element, now, text);
  }

  const sentences = new WeakMap();
  /** What holds the sentence in which a number or word stands, which is asked once; null for one that stands in none. */
  function sentence(element) {
    if (!sentences.has(element)) {
      sentences.set(element, element.matches("article :is(.num, .word)") ? element.closest("p, li, dd") : null);
    }
    return sentences.get(element);
  }

  // A sentence that cannot follow whole keeps its old numbers, so that none is of two versions.
  let halted = new Set();
  /** Dim the sentences that hold some elements, and no others. */
  function halt(elements, pending) {
    const blocks = new Set(elements.map(sentence));
    blocks.delete(null);
    for (const block of halted) if (!blocks.has(block)) block.classList.remove("cannot-follow");
    for (const block of blocks) {
      block.classList.toggle("cannot-follow", true);
      if (!pending) attribute(block, "data-note", WRITTEN);
    }
    halted = blocks;
  }

  function paint() {
    const run = casefile.live?.follow();
    if (run) return run.paint();
    const values = graph.evaluate(given());
    const changed = new Set([...reached].filter((name) => !Object.is(values[name], before[name])));
    const differing = new Set(), touched = graph.downstream(moved().map(({ figure }) => figure));
    casefile.ranges?.follow(values, new Set(moved().map(({ figure }) => figure)), () => refresh());
    const pending = graph.ranged === "pending";
    const standing = (name, part) =>
      ranged.has(part) && !page.figures[name].low_figure && (pending || !casefile.ranges?.covers(name));
    const remark = (name, part) => (standing(name, part) && touched.has(name) ? ` ${HOLDS}` : "");
    const left = []; // what does not follow
    for (const { element, name, part } of numbers) {
      if (!ranged.has(part)) continue;
      const holds = !standing(name, part) || !touched.has(name);
      stale(element, holds, pending ? "Being worked out anew." : RANGE);
      if (!holds) left.push(element);
    }
    const fixed = changed.size && moved().some(({ code }) => code); // what moved and is read by formulas alone changes no choice of code
    for (const { element, name } of chosen) {
      if (graph.decided(name)) continue;
      stale(element, !fixed, "Chosen by the notebook's code for the defaults; a rerun chooses anew.");
      if (fixed) left.push(element);
    }
    halt(left, pending);
    const own = new Set(moved().map(({ figure }) => figure)); // the reader's own stays the reader's
    const kept = (element, name) => !pending && halted.size && !own.has(name) && element.closest(".cannot-follow");
    for (const { element, name, part, text } of numbers) {
      const follows = ranged.has(part) ? touched : changed, keeps = kept(element, name);
      if (standing(name, part) && !keeps) continue;
      const now = !standing(name, part) && follows.has(name) ? graph.printed(name, values, part) : text;
      if (now !== text && !ranged.has(part)) differing.add(name);
      mark(element, keeps ? text : now, text);
      if (!ranged.has(part) && element.matches("data")) attribute(element, "value", String(values[name]));
    }
    for (const { element, name, text } of lines) {
      const follows = [name, ...page.figures[name].inputs].some((inner) => changed.has(inner));
      write(element, follows ? `= ${graph.arithmetic(name, values)}` : text);
    }
    for (const { element, name, text } of chosen) {
      const keeps = kept(element, name);
      const now = graph.decided(name) ? graph.word(name, values) : text;
      if (now !== text) differing.add(name);
      if (keeps || graph.decided(name)) mark(element, keeps ? text : now, text);
    }
    for (const link of verdicts) {
      if (verdict(link, values)) differing.add(link.name);
    }
    for (const { element, cell, unit, template, text } of cells) {
      if (cell) mark(element, changed.has(cell) ? graph.cell(values[cell], unit, cell) : text, text);
      else mark(element, changed.size ? graph.fill(template, values, remark) : text, text);
    }
    for (const { element, name, text } of ranges) {
      const { column, unit } = element.dataset, drawn = casefile.ranges?.covers(name) && !pending;
      stale(element, drawn || !touched.has(name), RANGE);
      if (drawn) {
        mark(element, touched.has(name) ? graph.cell(graph.end(name, column) ?? values[name], unit, name) : text, text);
      }
    }
    for (const { element, alt, text } of alternatives) {
      attribute(element, "aria-label", changed.size ? graph.fill(alt, values, remark) : text);
    }
    casefile.charts?.follow(values, changed);
    return differing.size;
  }

  // -------------------------------------------------------------------------------------------------------- panel

  const logarithmic = ({ minimum, maximum }) => minimum > 0 && maximum / minimum >= 20;
  const steps = ({ type, minimum, maximum }) => (type === "integer" ? Math.min(STEPS, maximum - minimum) : STEPS);

  function position(parameter, value) {
    if (parameter.type === "date") return toNumber(parameter, value) - toNumber(parameter, parameter.minimum);
    const { minimum, maximum } = parameter;
    const share = logarithmic(parameter)
      ? Math.log(value / minimum) / Math.log(maximum / minimum)
      : (value - minimum) / (maximum - minimum);
    return Math.round(share * steps(parameter));
  }

  /** The value at a place of the slider, to three digits, so that what a slider says can be typed. */
  function atPosition(parameter, place) {
    const { type, minimum, maximum, value } = parameter;
    if (type === "date") return new Date((toNumber(parameter, minimum) + place) * EPOCH_DAY).toISOString().slice(0, 10);
    if (place === position(parameter, value)) return value;
    const share = place / steps(parameter);
    const exact = logarithmic(parameter)
      ? minimum * (maximum / minimum) ** share
      : minimum + (maximum - minimum) * share;
    const short = Number(exact.toPrecision(3));
    return Math.min(
      maximum,
      Math.max(minimum, type === "integer" ? Math.round(steps(parameter) < STEPS ? exact : short) : short),
    );
  }

  const bounded = ({ type, minimum, maximum, choices }) =>
    (type === "number" || type === "integer" || type === "date") && !choices && minimum !== undefined &&
    maximum !== undefined;

  function control(parameter) {
    const { name, type, value, minimum, maximum, choices, low, high, meaning, code, others } = parameter;
    const id = `what-if-${name}`;
    const shown = make("output", { className: "what-if-shown" });
    shown.setAttribute("for", id);
    const field = casefile.fields.of(parameter, id);
    let slider;
    if (minimum !== undefined) field.min = minimum;
    if (maximum !== undefined) field.max = maximum;
    if (bounded(parameter) && !paired.has(parameter)) {
      slider = make("input", {
        type: "range",
        min: 0,
        max: type === "date" ? position(parameter, maximum) : steps(parameter),
        step: 1,
      });
      slider.setAttribute("aria-label", meaning);
      slider.addEventListener("input", () => set(name, atPosition(parameter, Number(slider.value)), slider));
    }
    field.addEventListener("input", () => {
      const next = accepted(parameter, field.value);
      field.setAttribute("aria-invalid", String(next === undefined));
      refused.textContent = "";
      if (next !== undefined) set(name, next, field);
    });
    // A value that is not taken gives way to the one that holds, and a line says why, until the next is typed.
    field.addEventListener("change", () => {
      const why = accepted(parameter, field.value) === undefined
        ? `${field.value ? `${field.value} is not taken` : "That is not taken"}: ${takes}.`
        : "";
      refresh();
      refused.textContent = why;
    });
    const unit = make("span", {
      className: "what-if-unit",
      textContent: type === "date"
        ? ""
        : casefile.fields.unit(page.figures[parameter.figure]?.unit ?? parameter.unit ?? ""),
    });
    const why = make("a", { href: `#figure-${parameter.figure}`, className: "num", textContent: "why this default" });
    why.setAttribute("aria-haspopup", "dialog");
    const basis = parameter.figure
      ? ["Default ", printedValue(parameter, value), " (", why, "). "]
      : ["Default ", printedValue(parameter, value), parameter.note ? `: ${parameter.note} ` : ". "];
    const range = low !== undefined && high !== undefined
      ? ` Plausible: ${printedValue(parameter, low)} to ${printedValue(parameter, high)}.`
      : "";
    const takes = `it takes ${parameter.takes.replaceAll("_", " ")}`;
    const bounds = choices || type === "boolean" ? "" : `${takes[0].toUpperCase()}${takes.slice(1)}.`;
    const aside = code || !parameter.figure
      ? " The chapter’s notebook works it out, here or by the command below."
      : "";
    const titles = others.map(([, title]) => `“${title}”`);
    const shared = titles.length ? ` Read in ${titles.join(", ")} too: the links there take it along.` : "";
    const hint = make(
      "p",
      { className: "what-if-hint", id: `${id}-hint` },
      ...basis,
      `${bounds}${range}${aside}${shared}`,
    );
    const refused = make("p", { className: "what-if-untaken" });
    refused.setAttribute("role", "status");
    field.setAttribute("aria-describedby", hint.id);
    const element = make(
      "div",
      { className: "what-if-control" },
      make(
        "p",
        { className: "what-if-name" },
        make("label", { htmlFor: id, id: `${id}-label`, textContent: meaning }),
        " ",
        shown,
      ),
      make("div", { className: "what-if-inputs" }, ...(slider ? [slider] : []), field, unit),
      refused,
      hint,
    );
    let last;
    const draw = (source) => {
      const now = state.get(name);
      if (source !== field) {
        if (field.value !== String(now)) field.value = String(now); // what was typed may not be taken
        field.removeAttribute("aria-invalid");
      }
      if (now === last) return;
      last = now;
      write(shown, printedValue(parameter, now));
      shown.classList.toggle("changed", now !== value);
      if (slider) {
        if (source !== slider) slider.value = position(parameter, now);
        attribute(slider, "aria-valuetext", shown.textContent);
      }
    };
    return { element, draw };
  }

  const pairs = casefile.windows.pairs(all), paired = new Set(pairs.flatMap(({ before, after }) => [before, after]));
  const windows = pairs.map((pair) => casefile.windows.control(pair, (name) => state.get(name), set));
  const drawn = all.map(control);
  for (const { element, before } of windows) drawn[all.indexOf(before)].element.prepend(element);
  const told = make("p", { className: "what-if-told" });
  told.setAttribute("role", "status");
  const code = make("code"), plainly = make("code");
  const reset = make("button", { type: "button", className: "what-if-reset", textContent: "Reset" });
  const hide = make("button", { type: "button", className: "what-if-hide", textContent: "Close" });
  const panel = make(
    "section",
    { className: "what-if", id: "what-if", hidden: true },
    make("div", { className: "what-if-top" }, make("h2", { textContent: "What if?" }), reset, hide),
    make(
      "div",
      { className: "what-if-body" },
      told,
      ...drawn.map(({ element }) => element),
      make("p", { className: "what-if-hint", textContent: "The same by command, everything worked out anew:" }),
      make("pre", { className: "what-if-command", tabIndex: 0 }, code),
      make("pre", { className: "what-if-papermill", tabIndex: 0 }, plainly),
    ),
  );
  panel.setAttribute("aria-label", "What if: the chapter's parameters");
  const toggle = make("button", { type: "button", className: "what-if-toggle", textContent: "What if?" });
  toggle.setAttribute("aria-controls", "what-if");

  function open(wanted) {
    panel.hidden = !wanted;
    document.documentElement.classList.toggle("asking", wanted);
    if (wanted) casefile.charts?.prepare().catch(() => {}); // so that the first move is as quick as the next
    toggle.setAttribute("aria-expanded", String(wanted));
  }

  /** A sheet over the foot of the page hides what stood there: the middle of the screen moves to the middle of what is left. */
  function makeRoom(sign) {
    const { left, height } = panel.getBoundingClientRect();
    if (left === 0) scrollBy({ top: (sign * height) / 2, behavior: "instant" });
  }

  /** What the hand or a key moves in the text, if it is in sight: a chart by its picture, since a mark's handle moves with the mark. */
  let holding = {};
  function held() {
    const { activeElement } = document, one = activeElement.closest(".chart-wide, .chart-narrow") ?? activeElement;
    if (!one.closest("article")) return undefined;
    const { top, bottom } = one.getBoundingClientRect();
    // A page slides by whole pixels: what is left over counts from where the hand took hold, so that it does not add up.
    if (one !== holding.one || Math.abs(top - holding.top) >= 1) holding = { one, top };
    return top < innerHeight && bottom > 0 ? holding : undefined;
  }

  let due = 0;
  function refresh(source) {
    due = 0;
    const hold = held();
    for (const { draw } of [...drawn, ...windows]) draw(source);
    const count = paint(),
      differ = moved().length,
      noun = count === 1 ? "number or word differs" : "numbers and words differ";
    const said = differ && !count
      ? (casefile.live?.shown() ? "No number, word or verdict of this page comes out otherwise." : "")
      : differ
      ? `${count} ${noun} from the published page; each has its old text beside it.`
      : "Move a parameter: every number that rests on it follows.";
    write(told, said);
    attribute(toggle, "aria-label", differ ? `What if? ${differ} changed` : "What if?");
    toggle.classList.toggle("changed", differ > 0);
    document.documentElement.classList.toggle("supposing", differ > 0);
    dispatchEvent(new CustomEvent("casefile:supposed"));
    reset.disabled = !differ;
    write(code, command());
    write(plainly, byPapermill());
    lead();
    // Lines above may have broken anew: what is held stays where it is, and the page moves around it.
    const slid = hold ? hold.one.getBoundingClientRect().top - hold.top : 0;
    if (slid) scrollBy({ top: slid, behavior: "instant" });
  }

  // The address is written when the hand rests: browsers refuse hundreds of changes of it in a row.
  let writing = 0;
  function remember() {
    clearTimeout(writing);
    writing = setTimeout(
      () => history.replaceState(history.state, "", location.pathname + search() + location.hash),
      150,
    );
  }

  function set(name, value, source) {
    state.set(name, value);
    if (!due) due = requestAnimationFrame(() => refresh(source));
    remember();
  }

  function goBack() {
    for (const { name, value } of all) state.set(name, value);
    refresh();
    remember();
  }

  toggle.addEventListener("click", () => {
    open(true);
    makeRoom(1);
    panel.querySelector("input, select").focus({ preventScroll: true });
  });
  hide.addEventListener("click", () => {
    makeRoom(-1);
    open(false);
    toggle.focus({ preventScroll: true });
  });
  reset.addEventListener("click", () => {
    goBack();
    toggle.focus({ preventScroll: true });
  });
  document.addEventListener("keydown", (event) => {
    if (
      event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")
    ) return;
    const typing = event.target.matches("select, textarea, input:not([type=range])");
    if (event.key === "Escape" && moved().length) goBack();
    else if (event.key === "Escape" && !panel.hidden) hide.click();
    else if (event.key === "r" && !typing && panel.contains(event.target)) goBack();
  });

  // From the address only what is declared, and only values the parameter takes; what is refused is said.
  const refused = [];
  for (const [name, words] of new URLSearchParams(location.search)) {
    const parameter = byName.get(name);
    const value = parameter && accepted(parameter, words);
    if (value !== undefined) state.set(name, value);
    else if (parameter) refused.push(parameter);
  }
  const place = document.querySelector(".what-if-place");
  if (place) {
    place.append(toggle);
    document.querySelector(".site-header").after(panel);
  } else {
    document.body.prepend(toggle, panel);
  }
  open(refused.length > 0);
  refresh();
  for (const { meaning, takes } of refused) {
    panel.querySelector(".what-if-body").prepend(
      make("p", {
        className: "what-if-refused",
        textContent: `This link gave a value that is not taken for “${meaning}”; expected ${takes}.`,
      }),
    );
  }

  /** Have what the margin brought follow too. */
  function adopt() {
    gather();
    casefile.painting?.adopt();
    refresh();
  }

  return {
    search,
    write,
    attribute,
    words,
    command,
    byPapermill,
    set,
    adopt,
    given,
    goBack,
    controls,
    moved,
    printedValue,
    position,
    atPosition,
    value: (name) => state.get(name),
    refresh,
    panel,
    told,
    open: () => toggle.click(),
  };
})();
