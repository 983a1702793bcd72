/* The page of the search: lists what was found, kind by kind, and keeps the words in its address. */
"use strict";
(() => {
  const { entries, find, item, make, throughLinks } = casefile.search;
  const NAMES = {
    figure: "Figures",
    claim: "Claims",
    chart: "Charts",
    section: "Sections",
    source: "Sources",
    term: "Terms",
  };
  const AT_FIRST = 25;

  const field = document.querySelector("#search-words"), told = document.querySelector(".search-told");
  const kinds = document.querySelector(".search-kinds"), list = document.querySelector(".search-results");
  const more = document.querySelector(".search-more");
  const book = document.title.replace(/^.*? — /, "");
  let shown = AT_FIRST, kind = "";

  function choice(name, label, count) {
    const input = make("input", { type: "radio", name: "kind", value: name, checked: name === kind });
    return make("label", {}, input, ` ${label} `, make("span", { className: "search-count", textContent: count }));
  }

  function draw() {
    const { wanted, found } = find(field.value);
    const counts = Object.keys(NAMES).map((name) => [name, found.filter((entry) => entry.kind === name).length]).filter(
      ([, count]) => count,
    );
    if (!counts.some(([name]) => name === kind)) kind = "";
    const focused = kinds.contains(document.activeElement);
    kinds.hidden = counts.length < 2;
    kinds.querySelectorAll("label").forEach((label) => label.remove());
    kinds.append(choice("", "All", found.length), ...counts.map(([name, count]) => choice(name, NAMES[name], count)));
    if (focused) kinds.querySelector("input:checked").focus();
    const begun = entries.filter((entry) => entry.kind === "section" && !entry.place); // before a word is typed: the pages
    const listed = !wanted.length ? begun : kind ? found.filter((entry) => entry.kind === kind) : found;
    list.replaceChildren(...listed.slice(0, shown).map((entry) => item(entry, wanted)));
    more.hidden = listed.length <= shown;
    more.textContent = `Show the other ${listed.length - shown}`;
    const near = wanted.flatMap((one) => [...(one.near ?? [])]).slice(0, 3);
    if (!wanted.length) told.textContent = "The pages of the book, to begin with";
    else if (found.length && near.length) {
      told.textContent = `Nothing holds the word as it was typed; shown for ${near.join(", ")}`;
    } else if (!found.length) {
      told.textContent = "Nothing holds all of these words. Try fewer, or only their beginnings.";
    } else told.textContent = `${listed.length} ${listed.length === 1 ? "result" : "results"}`;
    document.title = `${wanted.length ? `Search: ${field.value.trim()}` : "Search"} — ${book}`;
  }

  function remember() {
    const query = new URLSearchParams({ ...(field.value.trim() && { q: field.value.trim() }), ...(kind && { kind }) });
    history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
  }

  // The address is written when the hand rests: browsers refuse hundreds of changes of it in a row.
  let writing = 0;
  function changed() {
    draw();
    clearTimeout(writing);
    writing = setTimeout(remember, 200);
  }

  field.addEventListener("input", () => {
    shown = AT_FIRST;
    changed();
  });
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.focus();
  });
  kinds.addEventListener("change", (event) => {
    kind = event.target.value;
    shown = AT_FIRST;
    changed();
  });
  more.addEventListener("click", () => {
    const before = list.children.length;
    shown = Infinity;
    draw();
    list.children[before].querySelector("a").focus();
  });
  document.querySelector(".search").addEventListener("keydown", (event) => throughLinks(event, field, list));

  const asked = new URLSearchParams(location.search);
  field.value = (asked.get("q") ?? "").slice(0, field.maxLength);
  kind = asked.get("kind") ?? "";
  draw();
  if (!field.value) field.focus();
})();
