/* What a citation may say, as casefile/citation/wording.py and latex.py have it: the words of a record, and whether a text says only them. */
"use strict";
globalThis.casefile ??= {};
casefile.wording = (() => {
  const { records } = casefile;
  const { forms } = records;
  const [BREAK, GAP, PART, DIGITS] = ["\n", "|", "␞", "0123456789"];
  const RAISED = Object.fromEntries([..."⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"].map((sign, place) => [sign, `^${"0123456789+−"[place]}`]));
  const END = /[\n\r\f]/;
  const DASH = "[-\\u2010-\\u2015\\u2212]";
  const DROPPED = "[\"'`´‘’“”‚„‹›«»′″()\\[\\]{}.,;:*_|•·]";
  const SIGNS = new RegExp(
    `(?<dash>(?<=[0-9])\\s*${DASH}\\s*(?=[0-9])|(?<!\\p{L})${DASH}(?=${DASH}*(?:\\.?[0-9]|[$€£¥]))|(?<![^\\s(\\[“‘"'])-(?=\\p{L})|\\u2212|(?<=[0-9])${DASH}(?=${DASH}))` +
      "|(?<point>(?<=[0-9])[.,](?=\\s*[\\n\\r\\f]\\s*[0-9]|[0-9])|(?<=[0-9])\\s*[\\n\\r\\f]\\s*[.,](?=[0-9])|(?<![^\\s$€£¥-])\\.(?=[0-9]))" +
      `|(?<none>\\s|${DASH}|${DROPPED})|(?<sign>.)`,
    "gsu",
  );

  /** A text with the signs that HTML's entities stand for. */
  function entities(text) {
    const area = document.createElement("textarea");
    return text.replace(/&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});/g, (entity) => {
      area.innerHTML = entity; // a text area's content is text, whatever it holds
      return area.value;
    });
  }

  /** A text without signs that have no width, which copying brings in and no eye sees. */
  const visible = (text) => text.replace(/\p{Cf}/gu, "").normalize("NFC");

  /** A text without what a paste or a reader adds, and the names of what then goes without comparison. */
  function cleaned(text) {
    const left = [];
    for (const [name, pattern, flags] of forms.added) {
      const added = new RegExp(pattern, `${flags}gu`);
      if (name && added.test(text)) left.push(name);
      text = text.replace(added, " ");
    }
    return [text, left];
  }

  /** The signs of a text that mean something: small letters, plain forms, nothing that only parts words. */
  function signs(text) {
    let small = "", place = 0;
    const origins = [], line = [], places = [];
    for (const sign of text) {
      if (sign !== "\\") { // an escape, which may stand between a minus and its number
        const plain = RAISED[sign] ?? sign.normalize("NFKC").toLowerCase();
        for (let unit = 0; unit < plain.length; unit += 1) origins.push(place);
        small += plain;
      }
      place += sign.length;
    }
    let end = 0;
    for (const token of small.matchAll(SIGNS)) {
      const { dash, point, none } = token.groups;
      if (none !== undefined) continue;
      const sign = dash !== undefined ? "-" : token[0] === PART ? GAP : token[0].trim();
      const gap = small.slice(end, token.index);
      const put = (one) => {
        line.push(one);
        places.push(origins[token.index]);
      };
      if (gap && `${DIGITS}.`.includes(sign) && line.length && `${DIGITS}.,`.includes(line.at(-1))) {
        put(!gap.trim() && END.test(gap) ? BREAK : GAP);
      } else if (point !== undefined && /^\s*[\n\r\f]/.test(point)) put(BREAK);
      put(sign);
      end = token.index + token[0].length;
    }
    return { line, places, text };
  }

  /** A form with each name in braces replaced by each of its values in turn; none where a value is empty. */
  function filled(form, said) {
    const hole = /\{(\w+)\}/.exec(form);
    if (!hole) return [form];
    const tails = filled(form.slice(hole.index + hole[0].length), said);
    return said[hole[1]].filter(Boolean).flatMap((value) =>
      tails.map((tail) => form.slice(0, hole.index) + value + tail)
    );
  }

  /** A day in ISO form, and as it is read from a page of LaTeX's on which a line ended at one of its hyphens. */
  const brokenDays = (iso) => [iso, iso.replace("-", ""), iso.replace(/-(?=\d+$)/, "")];

  /** The phrases that an item may be told in, each as its signs, with what it tells. `dates` are the ways to write its days. */
  function phrases(item, { edition, draft, days, dates }) {
    const { book } = records;
    const [page, anchor] = item.place.split("#");
    const said = {
      title: [item.title || book.title],
      text: [item.text],
      range: [item.range],
      author: book.names,
      other: book.several ? book.names : [],
      book: [book.title, book.title.split(":")[0]],
      edition: [edition],
      released: [edition.replace(/\+draft$/, "")],
      day: days.flatMap(brokenDays),
      date: dates,
      place: [item.place],
      change: [],
      address: book.address ? [book.address + item.place, `${book.address}${page}?cite=`, `#${anchor ?? ""}`] : [],
    };
    const titled = item.text ? forms.saying : forms.titled;
    const led = titled.flatMap(([what, form]) => forms.leads[item.kind].map((lead) => [what, lead + form]));
    const told = new Map();
    for (const [what, form] of [...led, ...forms.phrases, ...(draft ? forms.drafted : forms.released)]) {
      for (const words of filled(form, said)) {
        const line = signs(words).line.join("");
        if (line && !told.has(line)) told.set(line, new Set(what.split(" ").filter(Boolean)));
      }
    }
    return told;
  }

  /** Whether a text is told in some phrases from its first sign to its last: what these tell, or the words at which it left them. */
  function account({ line, places, text }, told) {
    const byFirst = {};
    for (const phrase of [...told.keys()].sort((one, other) => other.length - one.length)) {
      const split = [...phrase];
      (byFirst[split[0]] ??= []).push([phrase, split]);
    }
    const reached = new Map([["0 ", new Set()]]);
    const waiting = [[0, ""]];
    let furthest = 0;
    while (waiting.length) {
      const [start, said] = waiting.pop();
      const at = skipped(line, start);
      const before = reached.get(`${start} ${said}`);
      furthest = Math.max(furthest, at);
      for (const [phrase, split] of byFirst[line[at]] ?? []) {
        const end = matched(line, at, split);
        const after = said || (told.get(phrase).has("value") ? "said" : "");
        if (!end || reached.has(`${end} ${after}`) || (said && told.get(phrase).has("value"))) continue; // one value, once
        reached.set(`${end} ${after}`, new Set([...before, ...told.get(phrase)]));
        waiting.push([end, after]);
      }
      if (at === line.length) reached.set(`${at} ${said}`, before);
    }
    const whole = reached.get(`${line.length} said`) ?? reached.get(`${line.length} `);
    return whole ? { told: whole, stray: "" } : { told: new Set(), stray: wordsAt(text, places[furthest]) };
  }

  /** The next sign that a phrase can begin with. */
  function skipped(line, at) {
    while (
      at < line.length &&
      (line[at] === BREAK || line[at] === GAP ||
        (".,".includes(line[at]) && line.slice(Math.max(at - 1, 0), at + 2).includes(BREAK)))
    ) at += 1;
    return at;
  }

  /** Where a phrase ends that begins at a place of a line; 0 where it does not stand there, whole numbers and all. */
  function matched(line, at, phrase) {
    if (DIGITS.includes(phrase[0]) && at && `${DIGITS}.,`.includes(line[at - 1])) return 0;
    for (const sign of phrase) {
      const ended = sign === GAP && /^[.,]?\n[.,]?/.exec(line.slice(at, at + 3).join(""));
      if (ended) {
        at += ended[0].length;
        continue;
      }
      while (line[at] === BREAK) at += 1;
      if (line[at] !== sign) return 0;
      at += 1;
    }
    return /^[.,]?[0-9]/.test(line.slice(at, at + 2).join("")) && DIGITS.includes(line[at - 1]) ? 0 : at;
  }

  /** Some words of a text from a place on, to show what is stray. */
  function wordsAt(text, start) {
    if (start === undefined) return "";
    return [...wordsFrom(text, start).replaceAll(PART, " ").split(/\s+/).slice(0, 4).join(" ")].slice(0, 60).join("")
      .trim();
  }

  /** A text from the word on that a place of it is in. */
  function wordsFrom(text, start) {
    while (start && !/\s/.test(text[start - 1])) start -= 1;
    return text.slice(start);
  }

  // -------------------------------------------------------------------------------------------------------- LaTeX

  const LIFTED = {
    0: "⁰",
    1: "¹",
    2: "²",
    3: "³",
    4: "⁴",
    5: "⁵",
    6: "⁶",
    7: "⁷",
    8: "⁸",
    9: "⁹",
    "+": "⁺",
    "-": "⁻",
    "−": "⁻",
  };
  const ACCENTS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    u: "\u0306",
    ".": "\u0307",
    '"': "\u0308",
    r: "\u030a",
    H: "\u030b",
    v: "\u030c",
    c: "\u0327",
    k: "\u0328",
  };
  const TOKEN = new RegExp(
    "(?<minus>\\$\\s*-\\s*\\$)|(?:\\\\textsuperscript\\s*|\\^)(?:\\{(?<raised>[^{}]*)\\}|(?<digit>[0-9]))" +
      "|\\\\(?<accent>[`'^\"~=.]|[uvHcrk](?=\\s*\\{))\\s*(?:\\{\\\\?(?<inside>[A-Za-z])(?:\\{\\})?\\}|\\\\?(?<on>[A-Za-z]))" +
      "|\\\\(?<command>[A-Za-z]+)(?:\\{\\}|[ \\t]+)?|\\\\(?<escaped>.)|(?<nothing>[${}])|(?<blank>~)|(?<dash>---?)",
    "gs",
  );

  /** What a text written for LaTeX says; a command that is no sign's stays, with its backslash. */
  function ofLatex(text) {
    if ((text.match(/(?<!\\)\$/g) ?? []).length % 2) text = text.replace(/(?<!\\)\$/g, "\\$$"); // it opens nothing, and stands for itself
    return text.replace(TOKEN, (...found) => {
      const { minus, raised, digit, accent, inside, on, command, escaped, blank, dash } = found.at(-1);
      if (minus) return "−";
      if (raised !== undefined || digit) {
        return [...ofLatex(raised ?? digit)].map((sign) => LIFTED[sign] ?? `^${sign}`).join("");
      }
      if (accent) return (inside ?? on) + ACCENTS[accent];
      if (command) return Object.hasOwn(forms.commands, command) ? forms.commands[command] : found[0];
      if (escaped !== undefined || blank) return escaped ?? " ";
      return dash ? "–" : "";
    }).normalize("NFC");
  }

  return { PART, entities, visible, cleaned, signs, phrases, account, wordsFrom, ofLatex };
})();
