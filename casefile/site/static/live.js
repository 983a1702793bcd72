/* What formulas cannot say, the notebook says: its own cells run, and the whole page follows what they publish. */
"use strict";
casefile.live = (() => {
  const { page, whatIf, kernel, painting } = casefile;
  const PAUSE = 120; // milliseconds that a hand that goes on rests before the notebook runs; a first movement runs at once
  const LONG = 1000; // milliseconds of a run from which none begins before the hand rests
  const MOST = 40; // results that are remembered
  const STOPPED = { failed: "stopped" };

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // ---------------------------------------------------------------------------------------------------------- the state

  const instant = ({ figure, code }) => figure && !code;
  const done = new Map(); // overrides as JSON → what came of them
  let current, due = 0, stopped = false;
  let turned = -Infinity, rests = 0, lasted = 0; // when the hand moved last, how long it has to rest, what the last run took

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
      [current, stopped] = [undefined, false];
      painting.restore();
      status();
      return undefined;
    }
    const given = overrides(), key = JSON.stringify([given, own?.turn]);
    if (key !== current) {
      const now = performance.now();
      rests = now - turned > PAUSE && lasted < LONG ? 0 : PAUSE;
      turned = now;
      stopped = false;
      if (done.get(key)?.failed) done.delete(key); // what was missing then may be there now
    }
    current = key;
    const known = done.get(key);
    if (own && (known || stopped)) casefile.own.answered(known ?? STOPPED);
    if (known?.results) {
      status();
      return { paint: () => painted(known, key) };
    }
    if (known || stopped) status(known?.refused ?? known?.failed, Boolean(known?.refused));
    else {
      busy(kernel.runs() ? "Working it out…" : "The notebook itself has to run: its parts are fetched, once…");
      due = setTimeout(() => run({ ...own?.question, overrides: given }, key), rests);
    }
    if (own && (known || stopped)) painting.restore(); // what was not run is not mixed with what was
    return painting.painted() ? { paint: painting.differing } : undefined;
  }

  let before = Promise.resolve(); // the run that the worker is at
  /** Run the notebook when the run before is through, unless the reader has moved on by then. */
  function run(question, key) {
    before = before.then(() => (key === current && !stopped && !done.has(key) ? answered(question, key) : undefined));
  }

  async function answered(question, key) {
    const begun = performance.now(), answer = await kernel.ask(question);
    if (stopped) return;
    lasted = performance.now() - begun;
    if (done.size >= MOST) done.delete(done.keys().next().value);
    done.set(key, answer);
    if (key === current) whatIf.refresh();
  }

  /** Paint what came; what the page cannot show leaves it as it was published. */
  function painted(answer, key) {
    try {
      return painting.paint(answer, key);
    } catch (error) {
      painting.restore();
      done.set(key, { refused: `what it publishes cannot be shown on this page (${error.message})` });
      return follow()?.paint() ?? 0;
    }
  }

  /** Make ready what a run needs, as soon as a control that asks for one is reached: most of the wait is over when it moves. */
  function prepare() {
    if (stopped || navigator.connection?.saveData || !kernel.prepare()) return;
    painting.compiled().then(() => casefile.charts?.prepare()).catch(() => {});
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
    const above = casefile.own?.asked()
      ? casefile.own.told
      : whatIf.panel.hidden && foot
      ? foot.lastChild
      : whatIf.told;
    if (above !== line && above.nextSibling !== line) above.after(line);
  }

  /** Say what is done before anything was asked for, which a reader on a slow line may want to stop. */
  function ahead(text) {
    place();
    line.hidden = stop.hidden = false;
    words.textContent = text;
  }

  function busy(text) {
    ahead(text);
    document.documentElement.classList.add("live-busy");
  }

  function status(why, refused = false) {
    document.documentElement.classList.toggle("live-busy", false); // removing what is not there would be a change too
    if (line.hidden && !(why || stopped)) return;
    place();
    bar.hidden = stop.hidden = true;
    line.hidden = !(why || stopped);
    if (stopped) {
      words.textContent = `Stopped. ${
        casefile.own?.asked() ? "Run it again" : "Move a control to go on"
      }, or take the command below.`;
    } else if (why && refused) words.textContent = `The notebook refuses this: ${why}`;
    else if (why) words.textContent = `The notebook cannot run in this page: ${why}. The command below works it out.`;
  }

  const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
  function progress({ phase, come, total, chapter }) {
    if (stopped || done.has(current)) return; // it is of a run that nobody waits for
    const fetching = phase === "fetching";
    bar.hidden = !fetching;
    if (fetching) [bar.max, bar.value] = [total, come];
    if (current === undefined) {
      if (fetching && bar.value < bar.max) {
        ahead(
          `A change here runs the notebook itself. What that needs is being fetched, ${megabytes(total)}, once: ${
            megabytes(come)
          }`,
        );
      } else status();
    } else if (fetching) {
      busy(
        `The notebook itself has to run. Fetching it with all it needs, ${megabytes(total)}, once: ${megabytes(come)}`,
      );
    } else if (phase === "starting") busy("Starting Python in this page…");
    else {busy(
        chapter && chapter !== page.chapter
          ? `Working it out: ${chapter.replace(/^\d+_/, "")} first…`
          : "Working it out…",
      );}
  }

  stop.addEventListener("click", () => {
    stopped = true;
    kernel.end(STOPPED.failed);
    whatIf.refresh();
  });

  for (const parameter of page.parameters) {
    if (instant(parameter)) continue;
    const control = document.getElementById(`what-if-${parameter.name}`)?.closest(".what-if-control");
    for (const reached of ["pointerenter", "focusin"]) control?.addEventListener(reached, prepare);
  }

  kernel.tell(progress);
  return { follow, shown: () => current !== undefined && painting.painted() === current };
})();
casefile.whatIf.refresh();
