/* A mark that stands where a parameter puts it is its handle: dragged along the chart, or moved by the arrows, as in the sentence. */
"use strict";
casefile.handles = (() => {
  const { page, graph, whatIf, movable } = casefile;
  const HALVINGS = 40;
  const ROOM = { x: 14, y: 56 }; // pixels from a mark to the end of an axis that grew for it: above one stand its words
  const AXES = { x: "held_x", y: "held_y" }; // the signals that hold an axis as it is; charts.js has each scale listen to its own

  /** The parameter that moves a mark, by the figure that places it: the parameter itself, or a figure worked out from it directly. */
  function moving(figure) {
    const own = movable.byFigure.get(figure);
    if (own) return { parameter: own, of: (at) => at, at: (value) => value };
    const parameter = (page.figures[figure]?.inputs ?? []).map((input) => movable.byFigure.get(input)).find(Boolean);
    if (!parameter) return undefined;
    const at = (value) => graph.evaluate({ ...whatIf.given(), [parameter.figure]: value })[figure];
    return { parameter, at, of: (wanted) => solved(at, wanted, movable.ends(parameter)) };
  }

  /** The value at which a rising or falling figure comes nearest to one that is wanted. */
  function solved(at, wanted, [least, most]) {
    const rises = at(most) > at(least);
    for (let turn = 0; turn < HALVINGS; turn++) {
      const middle = (least + most) / 2;
      if ((at(middle) < wanted) === rises) least = middle;
      else most = middle;
    }
    return least;
  }

  /** The axis on which a mark stands at its figure's value: a mark of a day and a sum is moved by one of the two. */
  function axisOf(view, item, figure) {
    const value = graph.evaluate(whatIf.given())[figure];
    return ["x", "y"].find((axis) => {
      const at = view.scale(axis)?.invert?.(item[axis]);
      return Math.abs(at - value) <= 1e-6 * Math.max(1, Math.abs(value));
    });
  }

  /** The first symbol of a drawing that a movable figure places along an axis: its item, the axis, and what moves it. */
  function marked(drawing) {
    const items = function* within(group) {
      for (const mark of group.items ?? []) {
        for (const item of mark.items ?? []) {
          if (mark.marktype === "symbol" && item.datum) yield item;
          if (mark.marktype === "group") yield* within(item);
        }
      }
    };
    const byRow = new Map();
    for (const { row, figure } of drawing.bound) {
      if (!byRow.has(row)) byRow.set(row, []);
      if (figure) byRow.get(row).push(figure);
    }
    const standing = [];
    for (const item of items(drawing.view.scenegraph().root.items[0])) {
      const figures = byRow.get(drawing.rows[item.datum.__row]) ?? [];
      const figure = figures.find((one) => movable.byFigure.has(one)) ?? figures.find(moving);
      if (figure && item._svg) standing.push({ item, figure });
    }
    // It is told once by its value, and again by its mark and row: in the middle of a change no other symbol may take its place.
    const same = ({ item }) => item.mark.name === drawing.held?.mark && item.datum.__row === drawing.held.row;
    let found = standing.find(same);
    if (!found) {
      for (found of standing) {
        const axis = axisOf(drawing.view, found.item, found.figure);
        drawing.held = axis && { mark: found.item.mark.name, row: found.item.datum.__row, axis };
        if (axis) break;
      }
    }
    if (found && drawing.held) return { item: found.item, axis: drawing.held.axis, ...moving(found.figure) };
    return undefined;
  }

  /** Where a picture begins in its place, and the pixels of a unit of it; read once for a size, since to read it lays the page out. */
  function lying(drawing, svg) {
    const size = [drawing.width, svg.getAttribute("viewBox"), svg.getAttribute("width")].join(" ");
    if (drawing.lying?.size !== size) {
      const { left, top, width } = svg.getBoundingClientRect(), around = drawing.place.getBoundingClientRect();
      const scale = width / (svg.viewBox.baseVal?.width || svg.width.baseVal.value);
      drawing.lying = { size, left: left - around.left, top: top - around.top, scale };
    }
    return drawing.lying;
  }

  /** Hold a drawing's axes as they are, or let them follow again: one that grew with the value would run away under the hand. */
  function hold(drawing, wanted) {
    for (const { name } of drawing.axes) {
      drawing.view.signal(AXES[name], wanted ? [...drawing.view.scale(name).domain()] : null);
    }
    drawing.view.run();
    if (!wanted) place(drawing);
  }

  /** Where an axis must end for a value that lies beyond the end at which it is held: the hand may leave the plot, and what it moves may not. */
  function reaching(axis, value, room) {
    const [first, last] = axis.domain(), at = axis(value), [from, to] = axis.range(), way = Math.sign(to - from);
    if ((at - from) * way < 0) return [axis.invert(at - room * way), last];
    return (at - to) * way > 0 ? [first, axis.invert(at + room * way)] : [first, last];
  }

  /** Hold a drawing's axes as they were, the one along which a hand moves so that it reaches a value; where it grows, the others follow what is drawn. */
  function follow(drawing, along, held, value) {
    const domain = reaching(held[along], value, ROOM[along]), inside = domain.join() === held[along].domain().join();
    for (const { name } of drawing.axes) {
      drawing.view.signal(AXES[name], name === along ? domain : inside ? [...held[name].domain()] : null);
    }
  }

  function handle(drawing, parameter, along) {
    const grip = Object.assign(document.createElement("span"), { className: "chart-handle", tabIndex: 0 });
    for (
      const [name, said] of Object.entries({
        role: "slider",
        "aria-label": parameter.meaning,
        "aria-valuemin": parameter.minimum,
        "aria-valuemax": parameter.maximum,
      })
    ) grip.setAttribute(name, said);
    if (along === "y") Object.assign(grip.style, { cursor: "ns-resize", touchAction: "pan-x" });
    const client = along === "y" ? "clientY" : "clientX";
    grip.title = `${parameter.meaning}: drag it, or press the arrows`;
    let from;
    grip.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      grip.focus({ preventScroll: true });
      grip.setPointerCapture(event.pointerId);
      const { item, of, at } = marked(drawing) ?? {};
      if (!item) return; // a mark of nothing, which a scale of tenfolds does not show
      const held = Object.fromEntries(drawing.axes.map(({ name }) => [name, drawing.view.scale(name).copy()]));
      hold(drawing, true);
      const { scale } = lying(drawing, item._svg.ownerSVGElement);
      from = { client: event[client], plot: item[along], scale, held, of, at };
    });
    grip.addEventListener("pointermove", (event) => {
      if (!from) return;
      const wanted = from.held[along].invert(from.plot + (event[client] - from.client) / from.scale);
      const value = movable.near(parameter, from.of(wanted));
      follow(drawing, along, from.held, from.at(value));
      whatIf.set(parameter.name, value);
    });
    const release = () => {
      if (from && drawing.view) hold(drawing, false);
      from = undefined;
    };
    for (const end of ["pointerup", "pointercancel"]) grip.addEventListener(end, release);
    grip.addEventListener("keydown", (event) => {
      if (event.key === "Escape") release(); // what is published comes back, and the hand moves nothing more
      movable.byKey(parameter, event, movable.OF_A_SLIDER);
    });
    return grip;
  }

  /** Put a drawing's handle where its mark stands now. */
  function place(drawing) {
    const found = movable && marked(drawing);
    if (drawing.grip) drawing.grip.style.opacity = found ? "" : 0; // hidden by another way, it would slip out of the hand
    if (!found) return;
    const { item, parameter, axis } = found, live = drawing.place.querySelector(".chart-live");
    drawing.grip ??= handle(drawing, parameter, axis);
    if (!drawing.grip.isConnected) live.append(drawing.grip);
    const picture = lying(drawing, item._svg.ownerSVGElement);
    const [across, down] = drawing.view.origin(), padding = drawing.view.padding();
    let left = across + padding.left, top = down + padding.top; // by the scene, which is ahead of what is painted
    for (let one = item; one; one = one.mark.group) {
      left += one.x ?? 0;
      top += one.y ?? 0;
    }
    drawing.grip.style.left = `${picture.left + left * picture.scale}px`;
    drawing.grip.style.top = `${picture.top + top * picture.scale}px`;
    const value = whatIf.value(parameter.name);
    whatIf.attribute(drawing.grip, "aria-valuenow", String(value));
    whatIf.attribute(drawing.grip, "aria-valuetext", whatIf.printedValue(parameter, value));
  }

  return { place, AXES };
})();
