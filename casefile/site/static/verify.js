/* Verify: whether a citation still stands, from the editions' records, as `casefile verify` says it. */
"use strict";
(() => {
  const { records, wording, forms } = casefile;
  const { EXPECTED, Refused, refuse, own, shown } = forms;
  const form = document.querySelector("form.verify");
  const [field, button, found] = [
    form.querySelector("textarea"),
    form.querySelector("button"),
    form.querySelector("output"),
  ];
  const { src } = document.currentScript;
  const DRAFT = "+draft";
  const LENGTH = 12;
  const MOST_TEXT = 1000000; // characters of many
  const MOST = 20000; // characters, as for the command
  for (const edition of records.editions) Object.assign(edition, casefile.editions[edition.version]); // its items and what differs from them
  records.editions.reduceRight((newer, { items }) => { // null stands for what is the same in the next edition, or now
    for (const [id, plain] of Object.entries(items)) {
      items[id] = plain?.map((said, at) => said ?? own(newer, id)[at]) ?? own(newer, id);
    }
    return items;
  }, records.now);
  const item = (plain) => {
    if (!plain) return undefined;
    const [page, anchor, title, text, range, kind, hash] = plain;
    return {
      page,
      title,
      text,
      range,
      hash,
      kind: records.kinds[kind],
      place: `${page}.html${anchor && `#${anchor}`}`,
    };
  };
  const unplain = (text) => [...text].length;

  /** The known names nearest to one that is not. */
  function nearest(given, known) {
    const name = given.slice(0, 200);
    const distance = (one, other) => {
      let row = [...Array(other.length + 1).keys()];
      for (let i = 1; i <= one.length; i += 1) {
        const next = [i];
        for (let j = 1; j <= other.length; j += 1) {
          next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (one[i - 1] !== other[j - 1]));
        }
        row = next;
      }
      return row[other.length];
    };
    const close = known.map((other) => [distance(name, other) / Math.max(name.length, other.length), other])
      .filter(([far]) => far <= 0.4).sort(([one, first], [other, second]) => one - other || (first < second ? 1 : -1))
      .slice(0, 3);
    return close.length
      ? `did you mean ${close.map(([, other]) => other).join(" or ")}?`
      : `known: ${known.slice(0, 20).join(", ")}${known.length > 20 ? ", …" : ""}`;
  }

  // ------------------------------------------------------------------------------------------------------ reading

  const letters = (text) => text.replace(/[^\p{L}\p{N}]+/gu, "").toLowerCase();

  /** Every id that was ever given out. */
  const ids = [
    ...new Set([
      ...Object.keys(records.now),
      ...Object.keys(records.registry),
      ...records.editions.flatMap(({ items }) => Object.keys(items)),
    ]),
  ].sort();
  const joinedIds = ids.map((id) => [letters(id), id]).sort(([one], [other]) => other.length - one.length);
  const editionOf = (version) => records.editions.find((edition) => edition.version === version);
  const released = (edition) => (edition.endsWith(DRAFT) ? edition.slice(0, -DRAFT.length) : edition);
  const written = ({ id, edition, parameters, hash }) => `${id}@${edition}${parameters && `?${parameters}`}:${hash}`;

  /** Whether an edition keeps what a mark cites: it is of no draft, and by the book's own parameters. */
  const kept = ({ edition, parameters }) => !parameters && Boolean(editionOf(edition));

  /** Whether the book gave out such a mark: by its hash where an edition keeps it, else by its id and edition. */
  function fits(mark) {
    const edition = editionOf(released(mark.edition));
    if (kept(mark)) return item(own(edition.items, mark.id))?.hash === mark.hash;
    return Boolean(edition) || (released(mark.edition) === records.version && released(mark.edition) !== mark.edition);
  }

  /** The marks whose hash a text holds after a colon, whatever it says before it. */
  function ofHash(text) {
    const told = [
      ...text.replace(/\s+/g, "").toLowerCase().matchAll(/(?:@v?(\d[\d.]*\d))?:([0-9a-f]{12})(?![\p{L}\p{N}_])/gu),
    ];
    return records.editions.flatMap(({ version, items }) =>
      Object.entries(items)
        .filter(([, plain]) =>
          told.some(([, of = "", hash]) => item(plain).hash === hash && ["", version].includes(of))
        )
        .map(([id, plain]) => `${id}@${version}:${item(plain).hash}`)
    );
  }

  /** A text with LaTeX's underscores as signs, and with the marks of addresses in it as they are read. */
  function unescaped(text) {
    text = text.replace(/\\textunderscore(?:\{\}|\s)?/g, "_");
    if (!/cite=[^\s&#]*%40/.test(text)) return text;
    return text.replace(/(?:%[0-9a-f]{2})+/gi, (escaped) => {
      try {
        return decodeURIComponent(escaped);
      } catch {
        return escaped;
      }
    });
  }

  /** The marks of a text that look as they were given out, whether or not the book gave them out. */
  const whole = (text) =>
    [...text.matchAll(
      /(?<![\p{L}\p{N}_-])([\p{L}\p{N}_-]+)@(\d[\p{L}\p{N}_.]*(?:\+draft)?)(?:\?([^\s:`@]+))?:([0-9a-f]+)(?![\p{L}\p{N}_])/gu,
    )]
      .map(({ 0: mark, 1: id, 2: edition, 3: parameters = "", 4: hash, index }) => ({
        id,
        edition,
        parameters,
        hash,
        start: index,
        end: index + mark.length,
      }));

  /** The marks of a text that fit what the book gave out, however they were bent on their way. */
  function bent(text) {
    const places = [], read = [];
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
    for (const match of line.matchAll(/@v?(\d[\d.]*)(\+?draft)?(?:\?([^@:]+))?:([0-9a-f]{12})/g)) {
      const [joined, version, draft, given = "", hash] = match;
      const end = places[match.index + joined.length - 1] + 1;
      if (/^[\p{L}\p{N}_]/u.test(text.slice(end))) continue;
      const from = match.index + joined.length - LENGTH - 1 - given.length;
      const parameters = given && text.slice(places[from], places[from + given.length - 1] + 1).replace(/[\s\\]/g, "");
      for (const [name, id] of joinedIds) {
        const start = match.index - name.length;
        if (start < 0 || !line.startsWith(name, start) || /[\p{L}\p{N}_-]$/u.test(text.slice(0, places[start]))) {
          continue;
        }
        const between = text.slice(places[start], end);
        const mark = { id, edition: version + (draft ? DRAFT : ""), hash, parameters, start: places[start], end };
        const unsure = between.includes(" ") && !kept(mark); // words after a hash cut short may read as its end
        if (/^[\p{L}\p{N}_\s@:.?=;%+\\{}-]+$/u.test(between.normalize("NFKC")) && fits(mark) && !unsure) {
          read.push(mark);
          break;
        }
      }
    }
    return read;
  }

  /** The marks of a text: those that the book gave out, else those that look as if it had. */
  function marks(text, what) {
    const looks = whole(text);
    const read = new Set(looks.map(written)).size < 2 ? bent(text) : [];
    const cut = read.length ? undefined : looks.find(({ hash }) => hash.length !== LENGTH);
    if (cut) {
      refuse(
        `${what} has a hash of ${cut.hash.length} characters, ${
          shown(cut.hash)
        }, not ${LENGTH}: cut short; ${EXPECTED}`,
      );
    }
    return read.length ? read : looks;
  }

  const short = (text) => {
    text = text.trim().split(/\s+/).join(" ");
    return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
  };

  function one(read, text, what) {
    const each = new Map(read.map((mark) => [written(mark), mark]));
    if (each.size > 1) {
      refuse(
        `${what} has ${each.size} marks, ${short([...each.keys()].join(" and "))}; expected one citation at a time`,
      );
    }
    if (each.size) return read[0];
    const meant = ofHash(text);
    if (meant.length === 1) {
      refuse(`${what} has a hash and no id that can be read; the hash is that of ${meant[0]}: did you mean it?`);
    }
    return refuse(`${what} has no mark, or one cut short: ${shown(short(text))}; ${EXPECTED}`);
  }

  /** A text without some of its marks. */
  const without = (text, read) =>
    [...read].sort((first, second) => second.start - first.start).reduce((rest, { start, end }) => {
      const [before, after] = [rest.slice(0, start), rest.slice(end)];
      const opened = before.replace(/<(?:mailto:)?$/, "");
      return opened !== before && after.startsWith(">") ? `${opened} ${after.slice(1)}` : `${before} ${after}`; // as Markdown has an address of mail
    }, text);

  /** The citation in a text: what its mark names, and by field what is to be compared. */
  function read(text) {
    text = wording.visible(text).trim();
    if (!text) refuse(`the citation is empty; ${EXPECTED}`);
    if (unplain(text) > MOST) refuse(`the citation has more than ${MOST.toLocaleString("en")} characters; ${EXPECTED}`);
    const said = forms.read(text);
    if (said.form === "address") return ofAddress(forms.address(said.fields.address));
    const what = said.form === "words" ? "the citation" : `the ${said.form} record`;
    const addressed = [];
    if (said.form === "words") {
      said.fields.words = said.fields.words.replace(IN_WORDS, (found) => (addressed.push(found), " "));
    }
    const texts = Object.entries(said.fields).map(([name, value]) => [name, unescaped(value)]);
    const found = texts.map(([name, value]) => [name, value, marks(value, what)]);
    const asked = addressed.map((found) => ofAddress(forms.address(found)));
    const mark = one(
      [...found.flatMap(([, , read]) => read), ...asked],
      texts.map(([, value]) => value).join(" "),
      what,
    );
    const left = [...new Set([...said.left, ...asked.flatMap((address) => address.left)])];
    return {
      ...mark,
      form: said.form,
      left,
      addresses: asked.flatMap(({ addresses }) => addresses),
      fields: Object.fromEntries(found.map(([name, value, read]) => [name, without(value, read)])),
    };
  }

  /** An address in words that carries a mark, as far as it goes on without a space. */
  const IN_WORDS = /https?:\/\/[^\s<>"“”]+?[?&]cite=[^\s<>"“”)\]]+/gi;

  function ofAddress({ base, mark: text, anchor, left }) {
    const read = marks(text, "the address");
    const mark = one(read, text, "the address");
    if (without(text, read).trim()) refuse(`the address asks for more than its mark: altered; ${EXPECTED}`);
    const anchors = ["", mark.id, mark.id.replaceAll("_", "-"), `figure-${mark.id}`, `claim-${mark.id}`];
    if (!anchors.some((name) => name.toLowerCase() === anchor.toLowerCase())) {
      refuse(`the address leads to #${short(anchor)} and its mark to ${shown(mark.id)}: altered; ${EXPECTED}`);
    }
    return { ...mark, form: "address", fields: { address: base }, left, addresses: [base] };
  }

  // ---------------------------------------------------------------------------------------------------- comparing

  const NAMES = {
    title: "title",
    value: "number",
    range: "range",
    author: "author",
    book: "book",
    date: "date",
    edition: "edition",
    place: "page",
    parameters: "parameters",
    address: "address",
  };

  function list(parts, kind, left) {
    const names = kind === "claim" ? { ...NAMES, value: "verdict" } : NAMES;
    const compared = ["mark", ...Object.entries(names).filter(([part]) => parts.has(part)).map(([, name]) => name)]
      .join(", ");
    return `Compared: ${compared}.${left.length ? ` Not compared: ${left.join(", ")}.` : ""}`;
  }

  /** What was compared of a citation with an item, in words; whatever the item does not say is refused. */
  function compared(cited, said, where) {
    const parts = new Set(["mark"]), left = [...cited.left];
    for (const address of cited.addresses) {
      left.push(...addressCompared(address, cited.id, said));
      parts.add(records.book.address ? "address" : "place");
    }
    if (cited.form === "address") return list(parts, said.kind, left);
    const edition = editionOf(released(cited.edition)), draft = cited.edition.endsWith(DRAFT);
    const dated = draft ? [records.day, ...(edition ? [edition] : [])] : [edition];
    const told = wording.phrases(said, {
      edition: cited.edition,
      draft,
      days: dated.map(({ date }) => date),
      dates: dated.flatMap(({ dates }) => dates),
    });
    for (const [name, text] of Object.entries(cited.fields)) {
      const tells = records.forms.tells[name] ?? [name];
      const some = name === "words"
        ? told
        : new Map([...told].filter(([, what]) => what.size && [...what].every((part) => tells.includes(part))));
      const account = wording.account(wording.signs(text), some);
      if (account.stray) refuse(stray(cited, said, name, account.stray, where));
      for (const part of account.told) parts.add(part);
    }
    if (said.text && !parts.has("value") && (cited.form !== "words" || parts.size > 1)) {
      refuse(`altered: the citation does not say ${shown(said.text)}, which “${short(said.title)}” is ${where}`);
    }
    if (cited.form !== "words" && !parts.has("title") && !parts.has("value")) {
      refuse(`the ${cited.form} record has no title: altered; ${EXPECTED}`);
    }
    return list(parts, said.kind, [...new Set(left)]);
  }

  /** What is said of words that are none of the record's. */
  function stray(cited, said, name, words, where) {
    const of = name === "words" ? "citation" : `${cited.form} record's ${name}`;
    const line = wording.signs(cited.fields[name]).line.join("");
    if (said.text && ["words", "title"].includes(name) && !line.includes(wording.signs(said.text).line.join(""))) {
      const other = otherValue(cited.fields[name], said);
      if (other) return `altered: the citation says ${shown(other).slice(1, -1)}; it is ${said.text} ${where}`;
      return `altered: the citation does not say ${shown(said.text)}, which “${short(said.title)}” is ${where}`;
    }
    if (name === "title") {
      return `altered: the citation's title is not “${said.title}”, which it is ${where}, at ${shown(words)}`;
    }
    return `altered, or words of your own: the ${of} says ${shown(words)}, which is not of “${
      short(said.text ? `${said.title}: ${said.text}` : said.title)
    }” ${where}`;
  }

  const AROUND = /^[()[\]{}“”"'.,;:*_|]+|[()[\]{}“”"'.,;:*_|]+$/g;

  /** What a text says in the place of an item's number or verdict, after its title, if one word of it is another. */
  function otherValue(text, said) {
    const { line, places } = wording.signs(text), title = wording.signs(said.title).line.join("");
    const before = line.join("").indexOf(title);
    const at = [...line.join("").slice(0, before + title.length)].length;
    if (!title || before < 0 || at >= places.length) return "";
    const right = said.text.split(/\s+/);
    const words = wording.wordsFrom(text, places[at]).split("[")[0].trim().split(/\s+/).slice(0, right.length).map((
      word,
    ) => word.replace(AROUND, ""));
    const others = words.filter((word, place) => word !== right[place]);
    return words.length === right.length && others.length === 1 ? words.join(" ") : "";
  }

  /** What of an address cannot be compared; one that leads to no page of what is cited is refused. */
  function addressCompared(base, id, said) {
    const pages = [said, item(own(records.now, id)) ?? said].map(({ page }) => `${page}.html`.toLowerCase());
    const { address } = records.book;
    if (address) {
      if (!pages.some((page) => base === address.toLowerCase() + page)) {
        refuse(`the address ${shown(base)} is not of this book, which is at ${address}; ${EXPECTED}`);
      }
      return [];
    }
    if (!pages.some((page) => base.endsWith(`/${page}`))) {
      refuse(`the address leads to ${shown(base)}, and ${shown(id)} is on ${said.page}.html: altered; ${EXPECTED}`);
    }
    return ["the host"];
  }

  // ----------------------------------------------------------------------------------------------------- checking

  const asSaid = ({ title, text }) => `${title ? `“${title}”` : "the book"} is ${text || "as it was"}`;
  const says = ({ text }) => (text ? `: ${text}` : "");

  function check(cited) {
    if (!ids.includes(cited.id)) {
      const meant = ofHash(`:${cited.hash}`);
      refuse(
        `unknown: no page, section, figure, chart or claim ${shown(cited.id)}; ${
          meant.length ? `the hash is that of ${meant[0]}` : nearest(cited.id, ids)
        }`,
      );
    }
    const draft = cited.edition.endsWith(DRAFT), version = released(cited.edition);
    const edition = editionOf(version);
    if (!edition && !(draft && version === records.version)) {
      refuse(
        `unknown edition ${shown(cited.edition)}; ${
          nearest(version, [...records.editions.map((other) => other.version), records.version + DRAFT])
        }`,
      );
    }
    if (cited.parameters) {
      return {
        status: "unknown",
        line:
          `unknown here: ${cited.id} is cited with other parameters than the book's, and only the command can work it out anew: casefile verify`,
      };
    }
    const now = item(own(records.now, cited.id)), row = own(records.registry, cited.id);
    const said = draft ? undefined : item(own(edition.items, cited.id));
    let what = "";
    if (!draft) {
      if (!said) {
        refuse(
          `unknown: edition ${version} has no ${shown(cited.id)}; ${nearest(cited.id, Object.keys(edition.items))}`,
        );
      }
      if (said.hash !== cited.hash) {
        refuse(
          `the hash ${cited.hash} is not that of ${
            shown(cited.id)
          } in edition ${version}: altered or mistyped; ${EXPECTED}`,
        );
      }
      what = compared(cited, said, `in edition ${version}`);
    }
    if (!now || row?.status === "retired") {
      return {
        status: "withdrawn",
        line: `withdrawn: ${cited.id}${draft ? "" : ` of edition ${version}`}: ${row?.note || "no reason is given"}`,
        compared: what,
      };
    }
    if (draft) return ofDraft(cited, now, version);
    const moved = now.place === said.place ? "" : `now at ${now.place}, was at ${said.place}`;
    if (now.hash !== said.hash) return { ...changed(cited, said, now, edition, moved), compared: what };
    if (moved) {
      return {
        status: "moved",
        line: `moved: ${cited.id}, unchanged since edition ${version}: ${moved}`,
        compared: what,
      };
    }
    const retitled = now.title === said.title ? "" : `; it is titled “${now.title}” now`;
    const reprinted = now.text === said.text ? "" : `; it is printed ${now.text} now`;
    return {
      status: "stands",
      line: `stands: ${
        asSaid(said)
      } in edition ${version} of ${edition.date}, and so it stands now${retitled}${reprinted}`,
      compared: what,
    };
  }

  function ofDraft(cited, now, version) {
    const what = `${cited.id}, by a draft after edition ${version}`;
    if (now.hash !== cited.hash) {
      return {
        status: "value changed",
        line: `value changed: ${what}: no edition keeps what it was, and now it is another${says(now)}`,
        compared: "",
      };
    }
    return {
      status: "stands",
      line: `stands: ${asSaid(now)} in the book now, as in the draft after edition ${version}`,
      compared: compared(cited, now, "in the book as it is now"),
    };
  }

  function changed(cited, said, now, edition, moved) {
    const later = records.editions.slice(records.editions.indexOf(edition));
    const since = later.find(({ items }) => own(items, cited.id) && item(items[cited.id]).hash !== said.hash);
    const why = (records.touched[cited.id] ?? []).filter((row) => !edition.corrections.includes(row)).map((row) =>
      records.corrections[row]
    );
    let difference = own(edition.differences, cited.id);
    if (said.text !== now.text) difference = `from ${said.text} to ${now.text}`;
    else if (said.range !== now.range) difference = `from ${said.range || "no range"} to ${now.range || "no range"}`;
    else if (said.text) {
      difference = `still ${now.text} as printed, and its exact value, formula, rule or sources are others`;
    }
    if (said.text && said.title !== now.title) difference += `; its title was “${said.title}” and is “${now.title}”`;
    const parts = [
      `value changed: ${cited.id}: ${difference}`,
      why.join("; ") || "no correction says why",
      since ? `in edition ${since.version}` : "not yet in an edition",
    ];
    return { status: "value changed", line: [...parts, ...(moved ? [moved] : [])].join("; ") };
  }

  /** Where the page of the edition that is cited lies, as it was, where it is kept. */
  function asItWas(cited) {
    const said = item(own(editionOf(cited.edition)?.items ?? {}, cited.id));
    return said && records.archived[cited.edition]?.includes(said.page)
      ? `v/${cited.edition}/${said.place}`
      : undefined;
  }

  function verified(text) {
    try {
      const cited = read(text);
      return { ...check(cited), id: cited.id, was: cited.parameters ? undefined : asItWas(cited) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { status: "unknown", line: error.message };
    }
  }

  function show({ status, line, id, was, compared: what }) {
    const head = document.createElement("strong"), said = document.createElement("p");
    head.textContent = {
      stands: "It stands",
      "value changed": "It has changed",
      moved: "It has moved",
      withdrawn: "It was withdrawn",
      unknown: /\baltered\b/.test(line) ? "It was altered" : "It cannot be checked",
    }[status];
    said.textContent = line.replace(/^(?:stands|value changed|moved|withdrawn|altered): /, ""); // the head says it
    found.dataset.status = status;
    found.replaceChildren(head, said);
    if (what) {
      found.append(Object.assign(document.createElement("p"), { className: "verify-compared", textContent: what }));
    }
    const now = id && item(own(records.now, id));
    const ways = [[now?.place, "See it as it is now"], [was, "See the page as it was"]];
    if (was && status === "value changed") {
      ways.push([was.includes("#") ? was.replace("#", "#since-") : `${was}#since`, "See what has changed"]);
    }
    for (const [place, textContent] of ways) {
      if (!place) continue;
      const way = document.createElement("p");
      way.append(Object.assign(document.createElement("a"), { href: new URL(`../${place}`, src).href, textContent }));
      found.append(way);
    }
  }

  /** A table of many citations; those of other works are counted alone. */
  function showAll(references) {
    const ours = references.filter(({ status }) => status !== "not of this book");
    const list = document.createElement("ol");
    for (const { words, status, line, compared: what } of ours) {
      const entry = document.createElement("li");
      entry.dataset.status = status;
      const head = Object.assign(document.createElement("strong"), {
        textContent: `${status[0].toUpperCase()}${status.slice(1)}: `,
      });
      const said = Object.assign(document.createElement("p"), {
        textContent: [line.replace(`${status}: `, ""), what].filter(Boolean).join(". "),
      });
      entry.append(head, words, said);
      list.append(entry);
    }
    const good = ours.every(({ status }) => status === "stands" || status === "moved");
    found.dataset.status = good ? "stands" : "unknown";
    found.replaceChildren(
      Object.assign(document.createElement("strong"), { textContent: casefile.references.counted(references) }),
      list,
    );
  }

  /** One citation, or each of many. */
  function answer(text) {
    const one = verified(text);
    const references = one.status === "unknown" ? casefile.references.checked(text.slice(0, MOST_TEXT)) : [];
    if (references.length > 1) showAll(references);
    else show(one);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(field.value);
  });
  field.addEventListener("input", () => { // an answer to what is no longer there is none
    if (field.value.trim()) return;
    found.replaceChildren();
    delete found.dataset.status;
  });
  field.disabled = button.disabled = false;
  const asked = new URLSearchParams(location.search).get("citation");
  if (asked) {
    field.value = asked;
    show(verified(asked));
    found.scrollIntoView({ block: "nearest" });
  }
  casefile.verified = verified;
  casefile.verifying = { read, check, item, whole, bent, unescaped, written };
})();
