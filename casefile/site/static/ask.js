/* Ask a number: what it is, how it was worked out, what went in, how to cite it. It stands beside the text on a wide screen and
   rises from the foot of a narrow one; the sentence stays to be read, and the way back leads back to it. */
"use strict";
(() => {
  const { page } = casefile;
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const back = make("button", { type: "button", className: "ask-back" });
  const title = make("h2", { className: "ask-title", id: "ask-title", tabIndex: -1 });
  const body = make("div", { className: "ask-body" });
  const inputs = make("ul", { className: "ask-inputs" });
  const from = make(
    "div",
    { className: "ask-from" },
    make("p", { className: "ask-label", textContent: "Worked out from" }),
    inputs,
  );
  const copy = make("button", { type: "button", className: "ask-copy", textContent: "Cite it" });
  const place = make("a", { className: "ask-place", textContent: "Show it on the page" });
  const shut = make("button", { type: "button", className: "ask-close", textContent: "Close" });
  const dialog = make(
    "dialog",
    { className: "ask" },
    make("div", { className: "ask-top" }, back, shut),
    title,
    body,
    from,
    make("p", { className: "ask-actions" }, copy, place),
  );
  dialog.setAttribute("aria-labelledby", title.id);
  let trail = [], opener;

  const explained = (name) => document.getElementById(`figure-${name}`);
  const label = (name) => page.figures[name]?.meaning ?? name.replaceAll("_", " ");
  const text = (name) => explained(name)?.querySelector(`[data-figure="${name}"]`)?.textContent ?? "";

  function show(name) {
    const clone = explained(name).cloneNode(true);
    for (const element of [clone, ...clone.querySelectorAll("[id]")]) element.removeAttribute("id");
    body.replaceChildren(clone);
    const known = (page.figures[name]?.inputs ?? []).filter(explained);
    from.hidden = !known.length;
    inputs.replaceChildren(...known.map((input) => {
      const button = make(
        "button",
        { type: "button" },
        make("span", { className: "ask-value", textContent: text(input) }),
        ` ${label(input)}`,
      );
      button.dataset.ask = input;
      return make("li", {}, button);
    }));
    title.textContent = label(name);
    back.hidden = trail.length < 2;
    back.textContent = back.hidden ? "" : `← ${label(trail.at(-2))}`;
    place.href = `#figure-${name}`;
    copy.hidden = !casefile.cite;
    dialog.scrollTop = 0;
    title.focus({ preventScroll: true });
  }

  /** Show what the history says is asked now: nothing, a number, or one of those it was worked out from. */
  function follow() {
    trail = (history.state?.asked ?? []).filter(explained);
    if (trail.length) {
      if (!dialog.isConnected) document.body.append(dialog);
      if (!dialog.open) dialog.show();
      show(trail.at(-1));
    } else if (dialog.open) {
      dialog.close();
    }
  }

  function ask(name) {
    history.pushState({ ...history.state, asked: [...trail, name] }, "");
    follow();
  }

  /** Shut it, and take its steps out of the way back. */
  function leave() {
    if (trail.length) history.go(-trail.length);
    else dialog.close();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.num, dialog.ask a");
    if (
      !link && dialog.open && !event.target.closest("dialog") &&
      !event.target.closest(".what-if, .what-if-toggle, button, input, select, summary, a")
    ) leave();
    const address = link?.getAttribute("href") ?? "";
    if (!address.startsWith("#figure-") || link === place) return;
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const name = address.slice("#figure-".length);
    if (!explained(name)) return;
    event.preventDefault();
    if (!link.closest("dialog")) {
      opener = link;
      if (trail.length) { // another number takes the place of the one that is shown
        history.replaceState({ ...history.state, asked: [name] }, "");
        return follow();
      }
    }
    ask(name);
  });
  addEventListener("popstate", follow);
  inputs.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) ask(button.dataset.ask);
  });
  back.addEventListener("click", () => history.back());
  shut.addEventListener("click", leave);
  place.addEventListener("click", (event) => {
    event.preventDefault();
    const name = trail.at(-1);
    history.replaceState({ ...history.state, asked: [] }, "");
    trail = [];
    opener = undefined;
    dialog.close();
    if (casefile.depth?.now() === "read") casefile.depth.go("check");
    location.hash = `#figure-${name}`;
  });
  dialog.addEventListener("close", () => {
    trail = [];
    body.replaceChildren();
    opener?.focus({ preventScroll: true });
    opener = undefined;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !dialog.open || document.querySelector("dialog:modal")) return;
    event.preventDefault();
    leave();
  });
  copy.addEventListener("click", () => casefile.cite.open(trail.at(-1)));
  for (const link of document.querySelectorAll('a.num[href^="#figure-"]')) link.setAttribute("aria-haspopup", "dialog");

  // A link to a figure that is folded away unfolds it.
  function unfold() {
    let target = location.hash.startsWith("#figure-") ? document.getElementById(location.hash.slice(1)) : null;
    const folded = [];
    for (let around = target?.closest("details"); around; around = around.parentElement.closest("details")) {
      if (!around.open) folded.push(around);
    }
    if (target && casefile.depth?.now() === "read") casefile.depth.go("check");
    for (const around of folded) around.open = true;
    if (folded.length) target.scrollIntoView({ block: "center" });
  }
  addEventListener("hashchange", unfold);
  unfold();
  if (history.state?.asked?.length) history.replaceState({ ...history.state, asked: [] }, ""); // a page read anew begins with its text
})();
