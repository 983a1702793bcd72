/* Charts come alive when they are seen by a reader who does something: what a mark stands for under the pointer, and a new drawing in the same frame
   when a parameter moves. The still picture keeps its place below, for paper and for when anything fails. */
"use strict";
casefile.charts = (() => {
  const { page, graph } = casefile;
  const here = document.currentScript.src;
  const FIGURE = "_figure", TEMPLATE = "_template", NUMBER = "__row";
  const CONTINUOUS = new Set(["linear", "log", "sqrt", "time", "utc"]); // scales whose ends may follow what is drawn
  const JOINED = new Set(["line", "area", "trail"]); // marks of many rows, which stand for none of them

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // ------------------------------------------------------------------------------------------------------ when needed

  const idle = (
    work,
  ) => (globalThis.requestIdleCallback ? requestIdleCallback(work, { timeout: 500 }) : setTimeout(work));
  const pageLoaded = new Promise((resolve) => {
    if (document.readyState === "complete") resolve();
    else addEventListener("load", resolve, { once: true });
  });

  // What draws them is dear to a telephone: the page that is only looked at does without it, the first sign of a hand brings it.
  const atHand = new Promise((resolve) => {
    for (const sign of ["pointerdown", "pointermove", "wheel", "scroll", "keydown"]) {
      addEventListener(sign, resolve, { once: true, passive: true, capture: true });
    }
  });

  const REST = 150; // milliseconds without a movement after which a hand rests
  let turned = -Infinity, pressed = false; // when a parameter moved last; whether a finger or a button is down
  for (const sign of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
    addEventListener(sign, ({ buttons }) => (pressed = buttons > 0), { passive: true, capture: true });
  }
  /** Until the hand rests and the browser has time: a step of making a chart alive takes frames that a first drag would miss. */
  const still = () =>
    new Promise((resolve) => {
      const look = () => (pressed || performance.now() - turned < REST ? setTimeout(look, REST) : idle(resolve));
      look();
    });

  const script = (name) =>
    new Promise((resolve, reject) => {
      document.head.append(
        make("script", { src: new URL(name, here).href, onload: resolve, onerror: () => reject(new Error(name)) }),
      );
    });
  let loading;
  const load = () => (loading ??= Promise.all([script("vega.js"), script(`charts/${page.chapter}.js`)]));

  // -------------------------------------------------------------------------------------------------------- drawings

  let supposed; // the figures' values under the reader's parameters; undefined while none was moved

  const charts = Object.entries(page.charts).map(([id, { moves = [], loose = [] }]) => ({
    id,
    moves,
    loose,
    figure: document.getElementById(`chart-${id}`),
    moved: false,
    failed: false,
    note: make("p", { className: "chart-stale" }),
  })).filter(({ figure }) => figure);
  const drawings = new Map(charts.flatMap((chart) =>
    ["wide", "narrow"].map((size) => {
      const place = chart.figure.querySelector(`.chart-${size}`);
      return [place, {
        chart,
        size,
        place,
        seen: false,
        width: 0,
        begun: undefined,
        view: undefined,
        rows: [],
        bound: [],
      }];
    })
  ));
  const shown = ({ width }) => width > 0;

  /** The cells of a row that figures decide, each with how its value is found; the same rule as binding.bindings. */
  function bindings(row) {
    return Object.entries(row).filter(([, cell]) => typeof cell === "string").flatMap(([column, cell]) => {
      const ends = column === "figure" && casefile.ranges?.covers(cell)
        ? ["low", "high"].filter((end) => end in row && !(end + FIGURE in row))
        : [];
      const drawn = ends.map((end) => ({ row, column: end, now: (values) => graph.end(cell, end) ?? values[cell] }));
      if (column === "figure" && "value" in row) {
        return [{
          row,
          column: "value",
          figure: cell,
          now: (values) => values[cell],
        }, ...drawn];
      }
      if (column.endsWith(FIGURE)) {
        return [{
          row,
          column: column.slice(0, -FIGURE.length),
          figure: cell,
          now: (values) => values[cell],
        }];
      }
      if (column.endsWith(TEMPLATE)) {
        return [{
          row,
          column: column.slice(0, -TEMPLATE.length),
          now: (values) => graph.fill(cell, values),
        }];
      }
      return [];
    });
  }

  /** Put the supposed values into a drawing's rows; the cells that changed. */
  function revalued({ bound }) {
    return bound.filter((cell) => {
      const value = supposed ? cell.now(supposed) : cell.row[cell.column];
      if (Object.is(cell.row[cell.column], value) || Number.isNaN(value)) return false;
      cell.row[cell.column] = value;
      return true;
    });
  }

  /** A chart's specification at a drawing's size, its rows numbered and kept at hand. */
  function specification(drawing) {
    const { widths, ...made } = casefile.drawings[drawing.chart.id];
    const spec = structuredClone(made.at?.(drawing.size) ?? ((drawing.size === "narrow" && made.narrow) || made.spec));
    if (widths[drawing.size]) spec.width = widths[drawing.size];
    drawing.rows = [];
    drawing.bound = [];
    for (const { name: table, values = [] } of spec.data) {
      for (const row of values) {
        drawing.bound.push(...bindings(row).map((binding) => ({ ...binding, table })));
        row[NUMBER] = drawing.rows.push(row) - 1;
      }
    }
    revalued(drawing);
    drawing.axes = (spec.scales ?? []).filter(({ name, type }) => casefile.handles?.AXES[name] && CONTINUOUS.has(type));
    for (const scale of drawing.axes) {
      scale.domainRaw = { signal: casefile.handles.AXES[scale.name] };
      (spec.signals ??= []).push({ name: scale.domainRaw.signal, value: null });
    }
    // While a hand holds an axis as it is, what has grown past its end is cut off there: it would lie over the page around.
    const held = drawing.axes.map(({ name }) => `${casefile.handles.AXES[name]} !== null`).join(" || ");
    for (const mark of held ? spec.marks : []) {
      if (mark.type !== "text" && mark.type !== "group") mark.clip ??= { signal: held };
    }
    return structuredClone(spec);
  }

  async function enliven(drawing) {
    if (drawing.begun) return;
    const live = make("div", { className: "chart-live" }), overtaken = () => drawing.begun !== live; // by a redrawing
    drawing.begun = live;
    try {
      await load();
      await still();
      if (overtaken()) return;
      const { parse, View, expressionInterpreter } = casefile.vega, spec = specification(drawing);
      const dataflow = parse(spec, null, { ast: true });
      await still();
      if (overtaken()) return;
      drawing.place.append(live);
      const view = new View(dataflow, {
        expr: expressionInterpreter,
        renderer: "svg",
        container: live,
      });
      await view.runAsync();
      if (overtaken()) {
        view.finalize();
        return;
      }
      view.addEventListener("pointermove", (event, item) => tell(drawing, event, item));
      view.addEventListener("pointerdown", (event, item) => tell(drawing, event, item));
      live.addEventListener("pointerleave", () => {
        live.classList.remove("pointed");
        hush();
      });
      drawing.view = view;
      drawing.place.classList.add("live");
      draw(drawing);
    } catch {
      live.remove();
      if (overtaken()) return;
      drawing.chart.failed = true;
      remark(drawing.chart);
    }
  }

  /** Bring a drawing to the supposed values; synchronous, so that it is painted with the text. */
  function draw(drawing) {
    const changes = new Map();
    for (const { table, row, column } of revalued(drawing)) {
      if (!changes.has(table)) changes.set(table, casefile.vega.changeset());
      changes.get(table).modify((tuple) => tuple[NUMBER] === row[NUMBER], column, row[column]);
    }
    for (const [table, change] of changes) drawing.view.change(table, change);
    if (changes.size) drawing.view.run();
    casefile.handles?.place(drawing);
  }

  // ---------------------------------------------------------------------------------------------------------- what if

  function remark({ figure, moved, moves, left, failed, note }) {
    const said = moved && failed
      ? "Drawn for the defaults: the changed numbers are not drawn."
      : left && moves.length
      ? "Its ranges are drawn for the defaults; a rerun works them out anew."
      : "Drawn for the defaults; a rerun draws it anew.";
    if (note.textContent !== said) note.textContent = said;
    if (!left && !(moved && failed)) note.remove();
    else if (!note.isConnected) figure.querySelector(".chart-picture").after(note); // where it moves nothing under the hand
  }

  // What is out of sight waits until the hand rests, so that it costs no frame of a drag; or until it comes into sight, or onto paper.
  const waiting = new Set();
  let due = 0;
  function later(drawing) {
    waiting.add(drawing);
    clearTimeout(due);
    due = setTimeout(() => idle(catchUp), REST);
  }
  function catchUp() {
    const drawings = [...waiting];
    waiting.clear();
    drawings.forEach(renew);
  }
  addEventListener("beforeprint", catchUp);
  function renew(drawing) {
    if (drawing.view) draw(drawing);
    else enliven(drawing);
  }

  /** Draw what rests on changed figures: charts in sight at once, the others when the hand rests. */
  function follow(values, changed) {
    supposed = values;
    turned = performance.now();
    for (const chart of charts) {
      const rests = (names) => names.some((name) => changed.has(name));
      const moved = rests(chart.moves), renewed = moved || chart.moved;
      Object.assign(chart, { moved, left: rests(chart.loose.filter((name) => !casefile.ranges?.covers(name))) });
      chart.figure.classList.toggle("chart-moved", moved);
      remark(chart);
      if (!renewed) continue;
      for (const drawing of drawings.values()) {
        if (drawing.chart !== chart || !(drawing.view || shown(drawing))) continue;
        if (drawing.seen && drawing.view) draw(drawing);
        else later(drawing);
      }
    }
  }

  // --------------------------------------------------------------------------------------- a notebook that ran again

  const made = new Map(); // the drawings that the page was made with, by chart

  /** Draw a chart from another drawing than the page was made with, one that gives its specification `at` a size; null says that none could be made. */
  function redraw(id, drawing) {
    const chart = charts.find((one) => one.id === id);
    if (!chart) return;
    casefile.drawings ??= {}; // where it did not come
    if (!made.has(id)) made.set(id, casefile.drawings[id]);
    supposed = undefined;
    casefile.drawings[id] = drawing ?? made.get(id);
    const moved = drawing !== made.get(id);
    Object.assign(chart, { moved, left: false, failed: drawing === null });
    chart.figure.classList.toggle("chart-moved", moved);
    remark(chart);
    for (const one of drawings.values()) {
      if (one.chart !== chart) continue;
      one.view?.finalize();
      one.place.querySelector(".chart-live")?.remove();
      one.place.classList.remove("live");
      Object.assign(one, { view: undefined, begun: undefined, grip: undefined, held: undefined });
      if (shown(one)) enliven(one);
    }
  }

  /** Every chart as the page was made. */
  function restore() {
    for (const [id, drawing] of made) redraw(id, drawing);
    made.clear();
  }

  // ------------------------------------------------------------------------------------------ what a mark stands for

  const tip = make("div", { className: "chart-tip", hidden: true });
  tip.setAttribute("aria-hidden", "true"); // the table under the chart says the same

  /** What a row says: its columns as the table prints them, and the figures it draws that no column names. */
  function lines({ chart, bound }, row) {
    const columns = casefile.drawings[chart.id].columns.filter(([column]) => row[column] != null);
    const said = columns.map((
      [column, label, unit],
    ) => [label, graph.cell(row[column], unit, graph.drawn(row, column))]);
    const listed = new Set(columns.map(([column]) => column));
    for (const { row: of, column, figure } of bound) {
      if (of !== row || !figure || listed.has(column)) continue;
      said.push([page.figures[figure].meaning, graph.cell(row[column], page.figures[figure].unit, figure)]);
    }
    return said;
  }

  const SINGLED = new Set(["rect", "symbol"]); // marks that dim the others when they are pointed at

  function tell(drawing, event, item) {
    drawing.begun.classList.toggle("pointed", item?.mark.role === "mark" && SINGLED.has(item.mark.marktype));
    const row = item && !JOINED.has(item.mark.marktype) ? drawing.rows[item.datum?.[NUMBER]] : undefined;
    const said = row ? lines(drawing, row) : [];
    if (!said.length) return hush();
    tip.replaceChildren(
      make(
        "dl",
        {},
        ...said.map(([label, text]) =>
          make("div", {}, make("dt", { textContent: label }), make("dd", { textContent: text }))
        ),
      ),
    );
    if (!tip.isConnected) document.body.append(tip);
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect(), room = document.documentElement.clientWidth;
    tip.style.left = `${Math.max(8, Math.min(event.clientX + 14, room - width - 8))}px`;
    tip.style.top = `${event.clientY - height - 14 > 8 ? event.clientY - height - 14 : event.clientY + 18}px`;
  }

  function hush() {
    tip.hidden = true;
  }
  addEventListener("scroll", hush, { passive: true });
  addEventListener("keydown", ({ key }) => key === "Escape" && hush());

  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const drawing = drawings.get(target);
      drawing.seen = isIntersecting;
      if (isIntersecting && waiting.delete(drawing)) renew(drawing);
      if (isIntersecting && !drawing.begun) Promise.all([pageLoaded, atHand]).then(() => idle(() => enliven(drawing)));
    }
  });
  // How wide a drawing stands, 0 where it does not, as the page is laid out: to ask in the middle of a change has it laid out once more.
  const measured = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      const drawing = drawings.get(target);
      drawing.width = contentRect.width;
      if (!shown(drawing)) continue;
      if (drawing.view) casefile.handles?.place(drawing);
      else if (drawing.chart.moved) later(drawing);
    }
  });
  for (const place of drawings.keys()) {
    watch.observe(place);
    measured.observe(place);
  }

  // Whoever embeds a chart needs its address on the web.
  for (const snippet of location.protocol.startsWith("http") ? document.querySelectorAll(".chart-snippet") : []) {
    const address = snippet.closest(".chart-files").querySelector("a:not([download])").href;
    snippet.textContent = snippet.textContent.replace(/src="(?!https?:)[^"]*"/, () => `src="${address}"`);
  }

  return { follow, prepare: load, redraw, restore };
})();
