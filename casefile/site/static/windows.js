/* A window around an event: the pair of whole numbers NAME_before and NAME_after, as one line with a handle at each end. */
"use strict";
casefile.windows = (() => {
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  /** The pairs among some parameters that bound a window. */
  function pairs(parameters) {
    const whole = new Map(
      parameters.filter(({ type, maximum }) => type === "integer" && maximum !== undefined).map((
        one,
      ) => [one.name, one]),
    );
    return [...whole.values()].flatMap((before) => {
      const after = before.name.endsWith("_before") && whole.get(before.name.replace(/before$/, "after"));
      return after ? [{ before, after }] : [];
    });
  }

  /** The control of a pair: the event stands at nought; a handle that is drawn across it takes the other end along. */
  function control({ before, after }, value, set) {
    const handle = ({ name, meaning }) => {
      const input = make("input", {
        type: "range",
        min: -before.maximum,
        max: after.maximum,
        step: 1,
        id: `what-if-window-${name}`,
      });
      input.setAttribute("aria-label", meaning);
      return input;
    };
    const first = handle(before), last = handle(after), shown = make("output");
    const within = ({ minimum = 0, maximum }, days) => Math.min(maximum, Math.max(minimum, days));
    function move(own, other, days) {
      set(own.name, within(own, days));
      if (-days > value(other.name)) set(other.name, within(other, -days));
    }
    first.addEventListener("input", () => move(before, after, -first.valueAsNumber));
    last.addEventListener("input", () => move(after, before, last.valueAsNumber));
    const line = make("div", { className: "what-if-window-line" }, first, last);
    const element = make(
      "div",
      { className: "what-if-control what-if-window" },
      make("p", { className: "what-if-name" }, make("strong", { textContent: "The window" }), " ", shown),
      line,
    );
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", "The window, by its two ends");
    const days = (count, side) => (count ? `${count} ${side}` : `none ${side}`);
    function draw() {
      const [left, right] = [value(before.name), value(after.name)], span = before.maximum + after.maximum;
      [first.value, last.value] = [-left, right];
      const text = `${days(left, "before")}, ${days(right, "after")}`;
      if (shown.textContent === text) return;
      first.setAttribute("aria-valuetext", days(left, "before"));
      last.setAttribute("aria-valuetext", days(right, "after"));
      shown.textContent = text;
      shown.classList.toggle("changed", left !== before.value || right !== after.value);
      line.style.setProperty("--from", (before.maximum - left) / span);
      line.style.setProperty("--to", (before.maximum + right) / span);
      line.style.setProperty("--event", before.maximum / span);
    }
    return { element, draw, before };
  }

  return { pairs, control };
})();
