/* Verify: whether a citation still stands, from the editions' records, as `casefile verify` says it. */
"use strict";
(() => {
  const { records } = casefile;
  const form = document.querySelector("form.verify");
  const [field, button, found] = [form.querySelector("textarea"), form.querySelector("button"), form.querySelector("output")];
  const DRAFT = "+draft";
  const LENGTH = 12;
  const SIGNS = { asciitilde: "~", backslash: "\\", braceleft: "{", braceright: "}" };
  const MOST = 20000; // characters, as for the command
  const EXPECTED = "expected it whole, with its mark id@edition:hash, as `casefile cite` gave it";
  class Refused extends Error {}
  const refuse = (why) => {
    throw new Refused(why);
  };
  const item = (plain) => {
    if (!plain) return undefined;
    const [page, anchor, title, text, range, hash] = plain;
    return { title, text, range, hash, place: `${page}.html${anchor && `#${anchor}`}` };
  };
  const own = (table, name) => (Object.hasOwn(table, name) ? table[name] : undefined);
  const quoted = (text) => `'${text}'`;

  /** The known names nearest to one that is not. */
  function nearest(given, known) {
    const name = given.slice(0, 200);
    const distance = (one, other) => {
      let row = [...Array(other.length + 1).keys()];
      for (let i = 1; i <= one.length; i += 1) {
        const next = [i];
        for (let j = 1; j <= other.length; j += 1) next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (one[i - 1] !== other[j - 1]));
        row = next;
      }
      return row[other.length];
    };
    const close = known.map((other) => [distance(name, other) / Math.max(name.length, other.length), other])
      .filter(([far]) => far <= 0.4).sort(([one], [other]) => one - other).slice(0, 3);
    return close.length ? `did you mean ${close.map(([, other]) => other).join(" or ")}?` : `known: ${known.slice(0, 20).join(", ")}${known.length > 20 ? ", …" : ""}`;
  }

  // ------------------------------------------------------------------------------------------------------ reading

  const letters = (text) => text.replace(/[^\p{L}\p{N}]+/gu, "").toLowerCase();

  /** A text without signs that have no width, which copying brings in and no eye sees. */
  const visible = (text) => text.replace(/\p{Cf}/gu, "");

  /** Every id that was ever given out. */
  const ids = [...new Set([...Object.keys(records.now), ...Object.keys(records.registry), ...records.editions.flatMap(({ items }) => Object.keys(items))])].sort();
  const joinedIds = ids.map((id) => [letters(id), id]).sort(([one], [other]) => other.length - one.length);

  /** Whether an edition keeps what a mark cites: it is of no draft, and by the book's own parameters. */
  const kept = ({ edition, parameters }) => !parameters && records.editions.some(({ version }) => version === edition);

  /** Whether the book gave out such a mark: by its hash where an edition keeps it, else by its id and edition. */
  function fits(cited) {
    const released = cited.edition.endsWith(DRAFT) ? cited.edition.slice(0, -DRAFT.length) : cited.edition;
    const edition = records.editions.find(({ version }) => version === released);
    if (kept(cited)) return item(own(edition.items, cited.id))?.hash === cited.hash;
    return Boolean(edition) || (released === records.version && released !== cited.edition);
  }

  /** The marks that fit what the book gave out, however a text was bent on its way; each once. */
  function bent(text, words) {
    text = text.replace(/\\textunderscore(?:\{\}|\s)?/g, "_");
    if (/cite=[^\s&#]*%40/.test(text)) text = text.replace(/(?:%[0-9a-f]{2})+/gi, (escaped) => { // an address in a sentence
      try {
        return decodeURIComponent(escaped);
      } catch {
        return escaped;
      }
    });
    const places = [];
    let line = "", place = 0;
    for (const sign of text) {
      for (const plain of sign.normalize("NFKC").toLowerCase()) {
        if (/[\p{L}\p{N}@:.?=;%+]/u.test(plain)) {
          line += plain;
          for (let unit = 0; unit < plain.length; unit += 1) places.push(place);
        }
      }
      place += sign.length;
    }
    const found = new Map();
    for (const mark of line.matchAll(/@v?(\d[\d.]*)(\+?draft)?(?:\?([^@:]*))?:([0-9a-f]{12})/g)) {
      const [whole, version, draft, given = "", hash] = mark;
      const end = places[mark.index + whole.length - 1] + 1;
      if (/^[\p{L}\p{N}_]/u.test(text.slice(end))) continue;
      const from = mark.index + whole.length - LENGTH - 1 - given.length;
      const parameters = given && text.slice(places[from], places[from + given.length - 1] + 1).replace(/[\s\\]/g, "");
      for (const [name, id] of joinedIds) {
        const start = mark.index - name.length;
        if (start < 0 || !line.startsWith(name, start) || /[\p{L}\p{N}_-]$/u.test(text.slice(0, places[start]))) continue;
        const between = text.slice(places[start], end);
        const cited = { id, edition: version + (draft ? DRAFT : ""), hash, parameters, words, titled: false };
        const unsure = between.includes(" ") && !kept(cited); // words after a hash cut short may read as its end
        if (/^[\p{L}\p{N}_\s@:.?=;%+\\{}-]+$/u.test(between.normalize("NFKC")) && fits(cited) && !unsure) {
          found.set(`${id}@${cited.edition}${parameters && `?${parameters}`}:${hash}`, cited);
          break;
        }
      }
    }
    return found;
  }

  function read(text) {
    text = visible(text).trim();
    if (!text) refuse(`the citation is empty; ${EXPECTED}`);
    if (text.length > MOST) refuse(`the citation has more than ${MOST.toLocaleString("en")} characters; ${EXPECTED}`);
    if (/^@\w+\s*[{(]/.test(text)) return ofFields(bibtex(text), "BibTeX");
    if (/^(?:\d+\.\s*)?TY\s+-/.test(text)) return ofFields(ris(text), "RIS");
    if (/^[[{]/.test(text) && !text.startsWith("[[")) {
      const plain = json(text);
      if (plain) return ofFields(plain, "CSL-JSON");
    }
    const unwrapped = text.replace(/[ \t]*[\r\n]+[ \t]*/g, "");
    if (/^<?https?:\/\/\S+$/i.test(unwrapped)) return address(unwrapped.replace(/^<+|[>.,;:!)\]}'"’”]+$/g, ""));
    return marked(text, text, "the citation");
  }

  function ofFields({ title, note, version }, form) {
    const cited = marked(visible(note), visible(title), `the ${form} record`);
    if (version && version !== cited.edition) refuse(`the ${form} record says version ${version} and its mark edition ${cited.edition}: altered; ${EXPECTED}`);
    return { ...cited, titled: true };
  }

  function marked(text, words, what) {
    const marks = new Map([...text.matchAll(/(?<![\w-])([\w-]+)@(\d[\w.]*(?:\+draft)?)(?:\?([^\s:`@]+))?:([0-9a-f]+)(?!\w)/g)].map((mark) => [mark[0], mark]));
    const readings = marks.size < 2 ? bent(text, words) : new Map();
    if (readings.size === 1) return [...readings.values()][0];
    if (readings.size > 1) refuse(`${what} has ${readings.size} marks, ${[...readings.keys()].join(" and ")}; expected one citation at a time`);
    if (!marks.size) refuse(`${what} has no mark, or one cut short; ${EXPECTED}`);
    if (marks.size > 1) refuse(`${what} has ${marks.size} marks, ${[...marks.keys()].join(" and ")}; expected one citation at a time`);
    const [, id, edition, parameters = "", hash] = [...marks.values()][0];
    if (hash.length !== LENGTH) refuse(`${what} has a hash of ${hash.length} characters, ${quoted(hash)}, not ${LENGTH}: cut short; ${EXPECTED}`);
    return { id, edition, hash, parameters, words, titled: false };
  }

  /** The fields of a BibTeX record: values in quotation marks or braces, LaTeX's escapes undone. */
  function bibtex(text) {
    if (/@\s*(string|preamble)\s*[{(]/i.test(text)) refuse(`the BibTeX defines macros; ${EXPECTED}`);
    const fields = {};
    let at = text.search(/[{(]/) + 1, records = 1;
    const broken = () => refuse("broken BibTeX: a field or the record is not closed");
    const head = /^\s*[^\s,{}"]*\s*,/.exec(text.slice(at)) ?? broken();
    at += head[0].length;
    for (;;) {
      const name = /^[\s,]*([\w-]+)\s*=\s*/.exec(text.slice(at));
      if (!name) break;
      at += name[0].length;
      let depth = 0, start = at;
      const quote = text[at] === '"';
      if (!quote && text[at] !== "{") {
        const bare = /^[^\s,{}()"]+/.exec(text.slice(at)) ?? broken();
        at += bare[0].length;
        fields[name[1].toLowerCase()] = bare[0];
        continue;
      }
      for (at += 1; ; at += 1) {
        if (at >= text.length) broken();
        if (text[at] === "\\") at += 1;
        else if (quote && !depth && text[at] === '"') break;
        else if (!quote && !depth && text[at] === "}") break;
        else if (text[at] === "{") depth += 1;
        else if (text[at] === "}") depth -= 1;
        if (depth < 0) broken();
      }
      fields[name[1].toLowerCase()] = text.slice(start + 1, at).replace(/\\([$%&#_{}])/g, "$1").replace(/\\text(asciitilde|backslash|braceleft|braceright)(\{\}| )?/g, (_, sign) => SIGNS[sign]);
      at += 1;
    }
    if (!/^[\s,]*[})]/.test(text.slice(at))) broken();
    records += (text.slice(at).match(/@\w+\s*[{(]/g) ?? []).length;
    if (records > 1) refuse(`the BibTeX holds ${records} records; expected one`);
    const { title = "", note = "", version = "" } = fields;
    return { title: title.replace(/[{}]/g, ""), note, version };
  }

  function ris(text) {
    const lines = text.split(/\r?\n/).reduce((all, line) => {
      if (/^(?:\d+\.|[A-Z][A-Z0-9]\s+-.*|\s*)$/.test(line) || !all.length) all.push(line);
      else all[all.length - 1] += ` ${line.trim()}`; // a field that goes on
      return all;
    }, []);
    if (!lines.some((line) => /^ER\s+-/.test(line))) refuse(`broken RIS: the record does not end in \`ER  -\`: cut short; ${EXPECTED}`);
    const count = lines.filter((line) => /^(?:\d+\.\s*)?TY\s+-/.test(line)).length;
    if (count !== 1) refuse(`the RIS holds ${count} records; expected one`);
    const all = (tag) => lines.filter((line) => line.startsWith(`${tag}  - `)).map((line) => line.slice(6));
    return { title: [...all("TI"), ...all("T1")][0] ?? "", note: all("N1").join(" "), version: all("ET")[0] ?? "" };
  }

  function json(text) {
    let plain;
    try {
      plain = JSON.parse(text);
    } catch (error) {
      if (/^[[{]\s*[{"]/.test(text)) refuse(`broken CSL-JSON: ${error.message}`);
      return null;
    }
    if (Array.isArray(plain)) {
      if (plain.length !== 1) refuse(`the CSL-JSON holds ${plain.length} records; expected one`);
      [plain] = plain;
    }
    if (typeof plain !== "object" || !plain) refuse("the CSL-JSON holds no record; expected an object with title, version and note");
    const { title = "", note = "", version = "" } = plain;
    return { title: String(title), note: String(note), version: String(version) };
  }

  function address(text) {
    const parts = new URL(text);
    const mark = parts.searchParams.get("cite");
    const anchor = parts.hash.slice(1).split(":~:")[0]; // what follows is where the browser is to scroll
    if (!mark) refuse(`the address names ${quoted(anchor || parts.pathname.split("/").pop() || "a page")} but no edition and no hash, so there is nothing to check it against; expected one with ?cite=id@edition:hash, or a whole citation`);
    const cited = marked(mark, null, "the address");
    if (!["", cited.id, cited.id.replaceAll("_", "-"), `figure-${cited.id}`, `claim-${cited.id}`].some((name) => name.toLowerCase() === anchor.toLowerCase())) {
      refuse(`the address leads to #${anchor} and its mark to ${quoted(cited.id)}: altered; ${EXPECTED}`);
    }
    return cited;
  }

  // ----------------------------------------------------------------------------------------------------- checking

  const plain = (text) => text.replace(/\\([\\`*_[\]$<>%&#])/g, "$1").trim().split(/\s+/).join(" ").toLowerCase();

  function inWords(text, words) {
    const escaped = plain(text).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return new RegExp(`(?<![\\p{L}\\p{N}_.,])${escaped}(?![\\p{L}\\p{N}_]|[.,]\\p{N})`, "u").test(plain(words));
  }

  function wordsAgree(cited, said, where) {
    if (cited.words === null) return;
    if (said.text && !inWords(said.text, cited.words)) refuse(`the citation does not say ${quoted(said.text)}, which ${quoted(cited.id)} is ${where}: altered`);
    if (cited.titled && !letters(cited.words).includes(letters(said.title))) refuse(`the citation's title is not “${said.title}”, which ${quoted(cited.id)} is ${where}: altered`);
  }

  const says = ({ text }) => (text ? `: ${text}` : "");

  function check(cited) {
    if (!ids.includes(cited.id)) refuse(`unknown: no page, section, figure, chart or claim ${quoted(cited.id)}; ${nearest(cited.id, ids)}`);
    const draft = cited.edition.endsWith(DRAFT);
    const released = draft ? cited.edition.slice(0, -DRAFT.length) : cited.edition;
    const edition = records.editions.find(({ version }) => version === released);
    if (!edition && !(draft && released === records.version)) {
      refuse(`unknown edition ${quoted(cited.edition)}; ${nearest(released, [...records.editions.map(({ version }) => version), records.version + DRAFT])}`);
    }
    if (cited.parameters) return { status: "unknown", line: `unknown here: ${cited.id} is cited with other parameters than the book's, and only the command can work it out anew: casefile verify` };
    const now = item(own(records.now, cited.id)), row = own(records.registry, cited.id);
    const said = draft ? undefined : item(own(edition.items, cited.id));
    if (!draft) {
      if (!said) refuse(`unknown: edition ${released} has no ${quoted(cited.id)}; ${nearest(cited.id, Object.keys(edition.items))}`);
      if (said.hash !== cited.hash) refuse(`the hash ${cited.hash} is not that of ${quoted(cited.id)} in edition ${released}: altered or mistyped`);
      wordsAgree(cited, said, `in edition ${released}`);
    }
    if (!now || row?.status === "retired") {
      return { status: "withdrawn", line: `withdrawn: ${cited.id}${draft ? "" : ` of edition ${released}`}: ${row?.note || "no reason is given"}` };
    }
    if (draft) return ofDraft(cited, now, released);
    const moved = now.place === said.place ? "" : `now at ${now.place}, was at ${said.place}`;
    if (now.hash !== said.hash) return changed(cited, said, now, edition, moved);
    if (moved) return { status: "moved", line: `moved: ${cited.id}, unchanged since edition ${released}: ${moved}` };
    return { status: "stands", line: `stands: ${cited.id}, as in edition ${released} of ${edition.date}${says(now)}` };
  }

  function ofDraft(cited, now, released) {
    const what = `${cited.id}, by a draft of edition ${released}`;
    if (now.hash !== cited.hash) return { status: "value changed", line: `value changed: ${what}: no edition keeps what it was, and now it is another${says(now)}` };
    wordsAgree(cited, now, "in the book as it is now");
    return { status: "stands", line: `stands: ${what}, as the book computes it now${says(now)}` };
  }

  function changed(cited, said, now, edition, moved) {
    const later = records.editions.slice(records.editions.indexOf(edition));
    const since = later.find(({ items }) => own(items, cited.id) && item(items[cited.id]).hash !== said.hash);
    const why = (records.touched[cited.id] ?? []).filter((row) => !edition.corrections.includes(row)).map((row) => records.corrections[row]);
    let difference = "its text, or a number, chart or verdict in it, is another";
    if (said.text !== now.text) difference = `from ${said.text} to ${now.text}`;
    else if (said.range !== now.range) difference = `from ${said.range} to ${now.range}`;
    else if (said.text) difference = `still ${now.text} as printed, and its exact value, formula, rule or sources are others`;
    const parts = [`value changed: ${cited.id}: ${difference}`, why.join("; ") || "no correction says why", since ? `in edition ${since.version}` : "not yet in an edition"];
    return { status: "value changed", line: [...parts, ...(moved ? [moved] : [])].join("; ") };
  }

  function verified(text) {
    try {
      const cited = read(text);
      return { ...check(cited), id: cited.id };
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TypeError)) throw error;
      return { status: "unknown", line: error instanceof Refused ? error.message : `the address cannot be read; ${EXPECTED}` };
    }
  }

  function show({ status, line, id }) {
    const head = document.createElement("strong"), said = document.createElement("p");
    head.textContent = { stands: "It stands", "value changed": "It has changed", moved: "It has moved", withdrawn: "It was withdrawn", unknown: "It cannot be checked" }[status];
    said.textContent = line;
    found.dataset.status = status;
    found.replaceChildren(head, said);
    const now = id && item(own(records.now, id));
    if (now) {
      const link = document.createElement("a"), place = document.createElement("p");
      link.href = now.place;
      link.textContent = "See it as it is now";
      place.append(link);
      found.append(place);
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(verified(field.value));
  });
  field.disabled = button.disabled = false;
  const asked = new URLSearchParams(location.search).get("citation");
  if (asked) {
    field.value = asked;
    show(verified(asked));
  }
  casefile.verified = verified;
})();
