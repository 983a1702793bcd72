/* Search: looks through the book's own index for entries that hold every word typed; the best first, words marked. */
"use strict";
(() => {
  const NAMES = { figure: "Figures", claim: "Claims", chart: "Charts", section: "Sections", source: "Sources", term: "Terms" };
  const SINGLE = { figure: "Figure", claim: "Claim", chart: "Chart", section: "Section", source: "Source", term: "Term" };
  const AT_FIRST = 25, AROUND = 90;
  const SAID = { lawsuit: "suit", rental: "rent", renting: "rent", rented: "rent" }; // a reader's word → the book's
  const WORD = /[\p{L}\p{M}\p{N}]+(?:[.,][\p{L}\p{N}]+)*/gu;

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // ------------------------------------------------------------------------------------------------------- words

  /** A word without case, accents and the commas of thousands: “Élan” is elan, “12,000” is 12000. */
  const folded = (word) => word.normalize("NFD").replace(/\p{M}/gu, "").replace(/(\d),(?=\d{3})/g, "$1").toLowerCase();
  /** A word without its plural, as a beginning that singular and plural share. */
  const stem = (word) => (/\d/.test(word) ? word : word.replace(/(?<=\p{L}{3})(?:ies|y|es|s|e)$/u, ""));
  const wordsOf = (text) => (text.match(WORD) ?? []).map(folded);

  const entries = casefile.searchIndex.map(([kind, title, value, text, place, href]) => ({
    kind, title, value, text, place, href, titled: wordsOf(`${title} ${value}`), told: wordsOf(text),
  }));

  /** Whether two words differ by a slip of the hand: a letter more, less, another, or two changed about; two slips in a long one. */
  function alike(one, other) {
    const most = other.length >= 8 ? 2 : other.length >= 4 && !/\d/.test(other) ? 1 : 0;
    if (!most || Math.abs(one.length - other.length) > most) return false;
    let before = [], row = Array.from({ length: other.length + 1 }, (_, place) => place);
    for (let at = 1; at <= one.length; at++) {
      const next = [at];
      for (let to = 1; to <= other.length; to++) {
        const same = one[at - 1] === other[to - 1];
        next[to] = Math.min(row[to] + 1, next[to - 1] + 1, row[to - 1] + (same ? 0 : 1));
        if (at > 1 && to > 1 && one[at - 1] === other[to - 2] && one[at - 2] === other[to - 1]) next[to] = Math.min(next[to], before[to - 2] + 1);
      }
      [before, row] = [row, next];
    }
    return row[other.length] <= most;
  }

  /** How well some words hold a wanted one: as it is, as its singular or plural, as a beginning, nearly; 0 for not at all. */
  function held(words, { word, begins, last, near, said }) {
    let best = said ? held(words, { word: said, begins: said, last: false }) * 0.75 : 0;
    for (const one of words) {
      if (one === word) return 4;
      if (one.startsWith(begins)) {
        if (stem(one) === begins) best = 3;
        else if (one.startsWith(word)) best = Math.max(best, last ? 2 : 1);
      } else if (near?.has(one)) {
        best = Math.max(best, 0.5);
      }
    }
    return best;
  }

  function score(entry, wanted) {
    let sum = 0, inTitle = 0;
    for (const one of wanted) {
      const title = held(entry.titled, one), text = title === 4 ? 0 : held(entry.told, one);
      if (!title && !text) return undefined;
      if (title) inTitle += 1;
      sum += Math.max(title * 4, text);
    }
    const whole = inTitle === wanted.length;
    // Of two that hold the same words, the shorter title says little else; what the book says goes before what it read.
    return sum / wanted.length + (whole ? 8 + 4 / entry.titled.length : 0) + (entry.kind === "source" ? -6 : entry.kind === "section" && !entry.place ? 2 : 0);
  }

  const own = (table, name) => (Object.hasOwn(table, name) ? table[name] : undefined);

  let vocabulary;
  function find(query) {
    const typed = wordsOf(query);
    const wanted = typed.map((word, place) => ({ word, begins: stem(word), last: place === typed.length - 1, said: own(SAID, word) ?? own(SAID, word.replace(/s$/, "")) }));
    if (!wanted.length) return { wanted, found: [] };
    // A word that nothing holds was perhaps mistyped: what is nearly it is looked for instead.
    for (const one of wanted) {
      if (entries.some((entry) => held(entry.titled, one) || held(entry.told, one))) continue;
      vocabulary ??= [...new Set(entries.flatMap(({ titled, told }) => [...titled, ...told]))];
      one.near = new Set(vocabulary.filter((word) => alike(word, one.word)));
    }
    const found = entries.map((entry) => ({ entry, score: score(entry, wanted) })).filter(({ score }) => score !== undefined);
    return { wanted, found: found.sort((one, other) => other.score - one.score).map(({ entry }) => entry) };
  }

  // ----------------------------------------------------------------------------------------------------- results

  /** A text with the wanted words marked. */
  function marked(text, wanted) {
    const pieces = [];
    let from = 0;
    for (const match of text.matchAll(WORD)) {
      if (!wanted.some((one) => held([folded(match[0])], one))) continue;
      pieces.push(text.slice(from, match.index), make("mark", { textContent: match[0] }));
      from = match.index + match[0].length;
    }
    return [...pieces, text.slice(from)];
  }

  /** The part of a text around the first wanted word. */
  function passage(text, wanted) {
    const first = [...text.matchAll(WORD)].find((match) => wanted.some((one) => held([folded(match[0])], one)))?.index ?? 0;
    let from = Math.max(0, first - AROUND), to = Math.min(text.length, first + 2 * AROUND);
    if (from > 0) from = text.indexOf(" ", from) + 1 || from;
    if (to < text.length) to = text.lastIndexOf(" ", to);
    return `${from > 0 ? "… " : ""}${text.slice(from, Math.max(from, to))}${to < text.length ? " …" : ""}`;
  }

  function item({ kind, title, value, text, place, href }, wanted) {
    const head = make("p", { className: "search-head" }, make("a", { href }, ...marked(title, wanted)));
    if (kind === "figure") head.append(" ", make("span", { className: "search-value" }, ...marked(value, wanted)));
    if (kind === "claim") head.append(" ", make("span", { className: `verdict verdict-${value}`, textContent: value }));
    const about = [kind === "section" && !place ? "Page" : SINGLE[kind], kind === "source" ? value : "", place].filter(Boolean).join(" · ");
    const shown = passage(text, wanted);
    const children = [head, make("p", { className: "search-place", textContent: about })];
    if (shown) children.push(make("p", { className: "search-text" }, ...marked(shown, wanted)));
    return make("li", {}, ...children);
  }

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
    const counts = Object.keys(NAMES).map((name) => [name, found.filter((entry) => entry.kind === name).length]).filter(([, count]) => count);
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
    else if (found.length && near.length) told.textContent = `Nothing holds the word as it was typed; shown for ${near.join(", ")}`;
    else if (!found.length) told.textContent = "Nothing holds all of these words. Try fewer, or only their beginnings.";
    else told.textContent = `${listed.length} ${listed.length === 1 ? "result" : "results"}`;
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
  // Down and up go through the results, and from the first back to the field.
  document.querySelector(".search").addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (at < 0 && (document.activeElement !== field || event.key === "ArrowUp")) return;
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
    if (next < 0) field.focus();
    else links[next]?.focus();
  });

  const asked = new URLSearchParams(location.search);
  field.value = (asked.get("q") ?? "").slice(0, field.maxLength);
  kind = asked.get("kind") ?? "";
  draw();
  if (!field.value) field.focus();
})();
