/* The field that fits a parameter: a choice as buttons, a boolean as a switch, a day on a calendar, a number; and which texts
   a parameter takes. */
"use strict";
casefile.fields = (() => {
  const MOST = 5; // choices that stand side by side

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const words = (name) => String(name).replaceAll("_", " ");

  /** Give an element that is no input the value of one. */
  const valued = (element, get, set) => Object.defineProperty(element, "value", { get, set });

  function buttons(id, choices, labels) {
    const radios = choices.map((choice) => make("input", { type: "radio", name: id, value: String(choice) }));
    const field = make(
      "div",
      { id, className: "what-if-choices" },
      ...radios.map((radio) => make("label", {}, radio, make("span", { textContent: labels[radio.value] }))),
    );
    field.setAttribute("role", "radiogroup");
    field.setAttribute("aria-labelledby", `${id}-label`);
    return valued(
      field,
      () => radios.find(({ checked }) => checked)?.value ?? "",
      (value) => radios.forEach((radio) => (radio.checked = radio.value === value)),
    );
  }

  function toggle(id) {
    const field = make("input", { id, type: "checkbox", className: "what-if-switch" });
    field.setAttribute("role", "switch");
    return valued(field, () => String(field.checked), (value) => (field.checked = value === "true"));
  }

  function of({ type, choices, labels }, id) {
    if (type === "boolean") return toggle(id);
    if (choices && choices.length <= MOST) return buttons(id, choices, labels);
    if (choices) {
      return make(
        "select",
        { id },
        ...choices.map((choice) => make("option", { value: String(choice), textContent: labels[choice] })),
      );
    }
    if (type === "date") return make("input", { id, type: "date" });
    return make("input", { id, type: "number", step: type === "integer" ? "1" : "any", inputMode: "decimal" });
  }

  /** A unit in words: `USD/GPU` as `dollars a GPU`. */
  const UNITS = { fraction: "as a share", ratio: "times" };
  const unit = (name) =>
    UNITS[name] ?? words(name).replace(/\bUSD\b/, "dollars").replaceAll("/", " a ").replace(" a hour", " an hour");

  /** A text as a value that a parameter takes, or undefined: the rules of `parameters.from_text`, held to the same cases. */
  function accepted({ type, minimum = -Infinity, maximum = Infinity, choices }, text) {
    let value = text;
    if (type === "number" || type === "integer") {
      value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
      if (!Number.isFinite(value) || value < minimum || value > maximum) return undefined;
      if (type === "integer" && !Number.isSafeInteger(value)) return undefined;
    } else if (type === "date") {
      const day = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00Z`) : new Date(NaN);
      if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text || text < minimum || text > maximum) {
        return undefined;
      }
    } else if (type === "boolean") {
      value = { true: true, false: false }[text.toLowerCase()];
    } else if (/[\p{C}\p{Z}]/u.test(text.replaceAll(" ", ""))) return undefined; // what no page prints
    return choices && !choices.includes(value) ? undefined : value;
  }

  return { of, unit, accepted };
})();
