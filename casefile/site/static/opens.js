/* A word's definition, or a reply told elsewhere on the page, opened where its link stands. Escape, Back or a tap shuts it. */
"use strict";
(() => {
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const said = make("p", { className: "opened-said" }), place = make("a", { textContent: "Where it stands" });
  const note = make("aside", { className: "opened", popover: "auto", tabIndex: -1 }, said, make("p", {}, place));
  let opener;

  /** What a link opens: the words that it carries, or those of the entry on this page that it leads to. */
  function words(link) {
    const entry = link.hash && link.pathname === location.pathname
      ? document.getElementById(decodeURIComponent(link.hash.slice(1)))
      : null;
    return link.title ||
      [...(entry?.childNodes ?? [])].filter((part) => !part.classList?.contains("print-only")).map((part) =>
        part.textContent
      ).join("").trim();
  }

  /** Below its word, within the screen's width; above it where there is more room. */
  function put() {
    const { left, top, bottom } = opener.getBoundingClientRect(),
      { clientWidth, clientHeight } = document.documentElement;
    note.style.left = `${Math.max(12, Math.min(left, clientWidth - note.offsetWidth - 12)) + scrollX}px`;
    const below = bottom + note.offsetHeight + 12 < clientHeight || top < note.offsetHeight + 12;
    note.style.top = `${scrollY + (below ? bottom + 6 : top - note.offsetHeight - 6)}px`;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.opens");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const text = words(link);
    if (!text) return;
    event.preventDefault();
    if (!note.isConnected) document.body.append(note);
    if (note.matches(":popover-open")) note.hidePopover();
    opener = link;
    said.textContent = text;
    note.setAttribute("aria-label", link.textContent);
    place.href = link.href;
    note.showPopover();
    put();
    note.focus({ preventScroll: true });
    if (!history.state?.opened) history.pushState({ ...history.state, opened: true }, "");
  });
  addEventListener("popstate", () => note.matches(":popover-open") && note.hidePopover());
  // Shut by Escape or a tap, it takes its step out of the way back; not where the tap was on another word, which opens it anew.
  note.addEventListener("toggle", ({ newState }) =>
    newState === "closed" && setTimeout(() => {
      if (!note.matches(":popover-open") && history.state?.opened) history.back();
    }, 50));
  place.addEventListener("click", () => {
    history.replaceState({ ...history.state, opened: false }, "");
    note.hidePopover();
  });
  if (history.state?.opened) history.replaceState({ ...history.state, opened: false }, ""); // a page read anew begins with its text
  for (const link of document.querySelectorAll("a.opens")) link.setAttribute("aria-haspopup", "dialog");
})();
