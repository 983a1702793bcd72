/* What a search finds: entries of the book's own index that hold every word typed, the best first, words marked. The page of
   the search lists them all; below the field at the top of every other page stand the first of them. */
"use strict";
casefile.search = (() => {
  const SINGLE = {
    figure: "Figure",
    claim: "Claim",
    chart: "Chart",
    section: "Section",
    source: "Source",
    term: "Term",
  };
  const AROUND = 90, BELOW_THE_FIELD = 7;
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
    kind,
    title,
    value,
    text,
    place,
    href,
    titled: wordsOf(`${title} ${value}`),
    told: wordsOf(text),
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
        if (at > 1 && to > 1 && one[at - 1] === other[to - 2] && one[at - 2] === other[to - 1]) {
          next[to] = Math.min(next[to], before[to - 2] + 1);
        }
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
    return sum / wanted.length + (whole ? 8 + 4 / entry.titled.length : 0) +
      (entry.kind === "source" ? -6 : entry.kind === "section" && !entry.place ? 2 : 0);
  }

  const own = (table, name) => (Object.hasOwn(table, name) ? table[name] : undefined);

  let vocabulary;
  function find(query) {
    const typed = wordsOf(query);
    const wanted = typed.map((word, place) => ({
      word,
      begins: stem(word),
      last: place === typed.length - 1,
      said: own(SAID, word) ?? own(SAID, word.replace(/s$/, "")),
    }));
    if (!wanted.length) return { wanted, found: [] };
    // A word that nothing holds was perhaps mistyped: what is nearly it is looked for instead.
    for (const one of wanted) {
      if (entries.some((entry) => held(entry.titled, one) || held(entry.told, one))) continue;
      vocabulary ??= [...new Set(entries.flatMap(({ titled, told }) => [...titled, ...told]))];
      one.near = new Set(vocabulary.filter((word) => alike(word, one.word)));
    }
    const found = entries.map((entry) => ({ entry, score: score(entry, wanted) })).filter(({ score }) =>
      score !== undefined
    );
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
    const first =
      [...text.matchAll(WORD)].find((match) => wanted.some((one) => held([folded(match[0])], one)))?.index ?? 0;
    let from = Math.max(0, first - AROUND), to = Math.min(text.length, first + 2 * AROUND);
    if (from > 0) from = text.indexOf(" ", from) + 1 || from;
    if (to < text.length) to = text.lastIndexOf(" ", to);
    return `${from > 0 ? "… " : ""}${text.slice(from, Math.max(from, to))}${to < text.length ? " …" : ""}`;
  }

  /** What an entry is, and where it stands: the kind, and the question of its page */
  const about = ({ kind, value, place }) =>
    [kind === "section" && !place ? "Page" : SINGLE[kind], kind === "source" ? value : "", place].filter(Boolean).join(
      " · ",
    );

  function item(entry, wanted) {
    const { kind, title, value, text, href } = entry;
    const head = make("p", { className: "search-head" }, make("a", { href }, ...marked(title, wanted)));
    if (kind === "figure") head.append(" ", make("span", { className: "search-value" }, ...marked(value, wanted)));
    if (kind === "claim") head.append(" ", make("span", { className: `verdict verdict-${value}`, textContent: value }));
    const shown = passage(text, wanted);
    const children = [head, make("p", { className: "search-place", textContent: about(entry) })];
    if (shown) children.push(make("p", { className: "search-text" }, ...marked(shown, wanted)));
    return make("li", {}, ...children);
  }

  // --------------------------------------------------------------------------------------- at the top of every page

  function belowTheField(form) {
    const field = form.querySelector("input"), list = make("ul", { className: "site-results", hidden: true });
    const told = make("p", { className: "visually-hidden" });
    told.setAttribute("role", "status");
    form.append(told, list);

    function draw() {
      const { wanted, found } = find(field.value);
      const link = (href, ...children) =>
        make("li", {}, make("a", { href: new URL(href, form.action).href }, ...children));
      const first = found.slice(0, BELOW_THE_FIELD).map((entry) =>
        link(
          entry.href,
          ...marked(entry.title, wanted),
          ...(entry.kind === "figure" || entry.kind === "claim"
            ? [" ", make("strong", { textContent: entry.value })]
            : []),
          make("small", { textContent: about(entry) }),
        )
      );
      const all = link(
        `?${new URLSearchParams({ q: field.value.trim() })}`,
        found.length ? `All ${found.length} results` : "Nothing holds all of these words",
      );
      list.replaceChildren(...first, all);
      list.hidden = !wanted.length;
      told.textContent = wanted.length ? `${found.length} ${found.length === 1 ? "result" : "results"}` : "";
    }

    field.addEventListener("input", draw);
    field.addEventListener("focus", draw);
    form.addEventListener("focusout", ({ relatedTarget }) => (list.hidden = !form.contains(relatedTarget)));
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        field.focus();
        list.hidden = true;
      } else {
        throughLinks(event, field, list);
      }
    });
    draw();
  }

  /** Down and up go through the results, and from the first back to the field. */
  function throughLinks(event, field, list) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (at < 0 && (document.activeElement !== field || event.key === "ArrowUp")) return;
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
    if (next < 0) field.focus();
    else links[next]?.focus();
  }

  const form = document.querySelector(".site-search");
  if (form) belowTheField(form);
  return { entries, find, item, make, throughLinks };
})();
