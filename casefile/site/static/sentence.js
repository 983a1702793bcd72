/* What if, in the sentence: a number that is a parameter is dragged where it stands, or moved by the arrow keys; a bar at the foot
   holds the reader's version against the published one. */
"use strict";
(() => {
  const { page, whatIf } = casefile;
  const STEP = 4; // pixels of a drag for one step
  const byFigure = new Map(
    whatIf.controls.filter(({ type, minimum, maximum, choices }) =>
      (type === "number" || type === "integer") && !choices && minimum !== undefined && maximum !== undefined
    ).map((one) => [one.figure, one]),
  );

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // ------------------------------------------------------------------------------------------------------------ numbers

  /** The ends between which a hand moves a number: those of its slider. */
  const ends = ({ minimum, maximum }) => [minimum, maximum];

  /** What is plausible of a parameter, with as much on either side. */
  const around = ({ low, high, minimum, maximum }) => [
    Math.max(minimum, low - (high - low)),
    Math.min(maximum, high + (high - low)),
  ];

  const tens = (size) => Math.floor(Math.log10(size));

  /** One step: a hundredth of what is plausible; where no source says, of the value's second digit, as from 24 to 25. */
  function stepOf(parameter) {
    const { type, value, minimum, maximum, low, high } = parameter, [least, most] = around(parameter);
    const share = value ? Math.min(Math.abs(value), maximum - minimum) : maximum - minimum;
    return Math.max(
      low === undefined || high === undefined ? 10 ** tens(share / 10) : (most - least) / 100,
      type === "integer" ? 1 : 0,
    );
  }

  /** The value nearest to a wanted one that a hand may give: between the ends, with no more digits than a step has. */
  function near(parameter, wanted) {
    const { type, value } = parameter, [least, most] = ends(parameter), step = stepOf(parameter), place = tens(step);
    const within = (one) => Math.min(most, Math.max(least, one)), bounded = within(wanted);
    if (Math.abs(bounded - value) < step / 2) return value;
    const round = place > 0
      ? Math.round(bounded / 10 ** place) * 10 ** place
      : Number(bounded.toFixed(Math.min(-place, 12)));
    return within(type === "integer" ? Math.round(round) : round);
  }

  const keys = make("p", {
    id: "movable-keys",
    hidden: true,
    textContent: "The left and right arrows change it; Enter explains it.",
  });
  document.body.append(keys);

  const ALONG = { ArrowLeft: -1, ArrowRight: 1 };
  const ENDS = { Home: -Infinity, End: Infinity };
  const OF_A_SLIDER = { ...ALONG, ArrowDown: -1, ArrowUp: 1, PageDown: -10, PageUp: 10, ...ENDS }; // in a sentence these move the page

  /** Move a parameter by some steps, ten times as many with Shift, or to an end. */
  function byKey(parameter, event, keys = ALONG) {
    const sign = keys[event.key];
    if (!sign || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const by = stepOf(parameter) * (event.shiftKey ? 10 : 1);
    whatIf.set(parameter.name, near(parameter, whatIf.value(parameter.name) + sign * by));
  }

  function movable(link, parameter) {
    const step = stepOf(parameter);
    link.classList.add("movable");
    link.setAttribute("aria-keyshortcuts", "ArrowLeft ArrowRight");
    link.setAttribute("aria-describedby", keys.id);
    link.draggable = false;
    let from, down, at, dragged = false;
    link.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      [from, down, at, dragged] = [event.clientX, event.clientY, whatIf.value(parameter.name), false];
      link.setPointerCapture(event.pointerId);
    });
    link.addEventListener("pointermove", (event) => {
      if (from === undefined) return;
      const moved = Math.round((event.clientX - from) / STEP);
      const up = event.pointerType === "touch" ? Math.abs(event.clientY - down) : 0; // a finger that goes so moves the page
      if (!dragged && Math.abs(event.clientX - from) < Math.max(STEP, up)) return;
      if (!dragged) link.style.minWidth = `${link.getBoundingClientRect().width}px`;
      if (!dragged) link.focus({ preventScroll: true }); // a finger gives none, and what has it stays where it is
      dragged = true;
      link.classList.add("dragging");
      whatIf.set(parameter.name, near(parameter, at + moved * step));
    });
    const release = () => {
      from = undefined;
      link.classList.remove("dragging");
    };
    // `touch-action` holds for no part of a line: told in no other way, the browser takes the finger from it.
    link.addEventListener("touchmove", (event) => dragged && from !== undefined && event.preventDefault(), {
      passive: false,
    });
    link.addEventListener("pointerup", release);
    link.addEventListener("pointercancel", release);
    link.addEventListener("click", (event) => {
      if (dragged) event.preventDefault();
      if (dragged) event.stopImmediatePropagation();
      dragged = false;
    }, true);
    link.addEventListener("keydown", (event) => {
      if (event.key === "Escape") release(); // what is published comes back, and the hand moves nothing more
      byKey(parameter, event);
    });
  }
  casefile.movable = { byFigure, ends, near, byKey, OF_A_SLIDER };
  for (
    const link of document.querySelectorAll("article a.num:is([data-part=value], [data-part=times], [data-part=words])")
  ) {
    const parameter = byFigure.get(link.dataset.figure);
    if (parameter && !link.closest(".chart, .derivations, .claim")) movable(link, parameter);
  }

  // ---------------------------------------------------------------------------------------------------------- the foot

  const version = make("span"), outcome = make("strong"), was = make("span", { className: "version-was" });
  const what = make("span", { className: "version-what" }); // of what the outcome is
  const differs = make("span", {}, " → ", outcome, was, what);
  const line = make("p", { className: "version-told" }, version, differs);
  const copy = make("button", { type: "button", textContent: "Copy link" });
  const reset = make("button", { type: "button", textContent: "Reset" });
  const bar = make("aside", { className: "version", hidden: true }, line, copy, reset);
  bar.setAttribute("aria-label", "Your version against the published one");
  document.querySelector(".what-if").after(bar);

  // On paper there is no bar: the same words stand above the text, with what the book has in place of the reader's own.
  const paper = make("div", { className: "version-paper", hidden: true });
  document.querySelector("article").prepend(paper);

  copy.addEventListener("click", async () => {
    const address = new URL(location.href);
    address.search = whatIf.search();
    try {
      await navigator.clipboard.writeText(address.href);
      copy.textContent = "Copied";
    } catch {
      history.replaceState(history.state, "", address); // the address then stands in the address bar
      copy.textContent = "In the address bar";
    }
    setTimeout(() => (copy.textContent = "Copy link"), 1500);
  });
  reset.addEventListener("click", () => whatIf.goBack());

  const answers = [...document.querySelectorAll("article :is(p, li, strong) > a.num[data-part=value]")].filter(
    ({ dataset }) => page.figures[dataset.figure]?.kind !== "parameter",
  );
  /** The first number of the page's text that the moved ones changed, which is what its answer says; no parameter is one. */
  const answer = () => answers.find(({ classList }) => classList.contains("changed"));

  /** A parameter's value with the name of its unit where the number alone does not say it: `12 months`. */
  function inWords(parameter, value) {
    const printed = whatIf.printedValue(parameter, value), unit = page.figures[parameter.figure]?.unit;
    const counted = { month: "months", day: "days", hour: "hours", year: "years", GPU: "chips" }[unit];
    return counted && /^[\d.,]+$/.test(printed)
      ? `${printed} ${value === 1 ? counted.slice(0, -1) : counted}`
      : printed;
  }

  function follow() {
    const moved = whatIf.moved(), first = moved.length ? answer() : undefined;
    bar.hidden = paper.hidden = !moved.length;
    if (!moved.length) return;
    const values = moved.map((parameter) => inWords(parameter, whatIf.value(parameter.name))).join(", ");
    const idle = document.querySelector("article .changed") ? "" : ", not worked out in this page";
    const names = first ? "" : ` (${moved.map(({ meaning }) => meaning).join("; ")}${idle})`;
    whatIf.write(version, `Your version: ${values}${names}`);
    differs.hidden = !first;
    whatIf.write(outcome, first?.textContent ?? "");
    whatIf.write(was, first ? ` (published ${first.dataset.was})` : "");
    whatIf.write(what, first ? `: ${page.figures[first.dataset.figure].meaning}` : "");
    const own = moved.map((parameter) => {
      const now = inWords(parameter, whatIf.value(parameter.name));
      return `“${parameter.meaning}”, ${now} (in the book ${inWords(parameter, parameter.default)})`;
    });
    const told = first ? line.textContent : version.textContent;
    whatIf.write(paper, `Not the published page. ${told}. Moved by the reader: ${own.join("; ")}.`);
  }
  addEventListener("casefile:supposed", follow);
  follow();

  // ----------------------------------------------------------------------------------------------------------- presets

  if (page.presets) {
    const chips = page.presets.map(({ title, meaning, values }) => {
      const chip = make("button", { type: "button", className: "preset", textContent: title, title: meaning });
      chip.addEventListener("click", () => Object.entries(values).forEach(([name, value]) => whatIf.set(name, value)));
      return chip;
    });
    document.querySelector(".what-if-told").after(make("p", { className: "presets" }, ...chips));
  }
})();
