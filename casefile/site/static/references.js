/* Many citations at once, as casefile/citation/references.py answers for them: of records each, in running text each mark. */
"use strict";
casefile.references = (() => {
  const { records, wording, forms, verifying } = casefile;
  const ORDER = [
    "stands",
    "moved",
    "value changed",
    "withdrawn",
    "unknown",
    "own words",
    "no mark",
    "refused",
    "not of this book",
  ];
  // What parts paragraphs and entries of a list; where each entry has its number in brackets, a bare number is a line's first word.
  const BLOCK = /\n\s*\n|\n(?=\s*(?:\[\d+\]|\d{1,3}\.|[•*-])\s)/g;
  const BRACKETED = /\n\s*\n|\n(?=\s*\[\d+\]\s)/g;
  const SENTENCE = /^|(?<=[.!?])[”"’)\]]*\s+/g;
  const LEAST_TITLE = 12; // signs of a title that may be looked for in a text

  const short = (text) => {
    text = text.trim().split(/\s+/).join(" ");
    return text.length <= 70 ? text : `${text.slice(0, 69)}…`;
  };

  /** The records of a text, each alone; none for running text. */
  function split(text) {
    if (/^\s*@\w+\s*[{(]/m.test(text)) {
      return text.split(/^(?=\s*@\w+\s*[{(])/m).map((part) => part.trim()).filter((part) =>
        /^@(?!comment|string|preamble)\w+\s*[{(]/i.test(part)
      );
    }
    if (/^(?:\d+\.\s*)?TY\s+-/m.test(text)) {
      return text.split(/^(?=(?:\d+\.\s*)?TY\s+-)/m).map((part) => part.trim()).filter((part) =>
        /^(?:\d+\.\s*)?TY/.test(part)
      );
    }
    if (!/^\s*\[\s*\{/.test(text)) return [];
    try {
      return JSON.parse(text).map((record) => JSON.stringify(record));
    } catch {
      return [];
    }
  }

  /** How a record is told from others: by its title, or how it begins. */
  function title(text) {
    const titled = /^\s*(?:title\s*=\s*[{"]+|T[I1]  - )(.+?)[}"]*,?\s*$|"title":\s*"(.+?)"[,}]/im.exec(text);
    return short(titled ? wording.ofLatex(titled[1] ?? titled[2]) : text);
  }

  /** The finding of a text, or why it is refused. */
  function answer(text) {
    try {
      return verifying.check(verifying.read(text));
    } catch (error) {
      if (!(error instanceof forms.Refused)) throw error;
      return { status: "refused", line: error.message };
    }
  }

  function ofRecord(text) {
    const words = title(text);
    const found = answer(text);
    if (found.status !== "refused" || verifying.whole(text).length || text.includes(`@${records.version}`)) {
      return { words, ...found };
    }
    const meant = probably(text);
    return {
      words,
      ...(meant ? { status: "no mark", line: meant } : { status: "not of this book", line: "not of this book" }),
    };
  }

  /** What a citation without a mark probably is, by title, number and edition, and whether that stands; else empty. */
  function probably(text) {
    let said;
    try {
      said = text.trim() && forms.read(text.trim());
    } catch (error) {
      if (!(error instanceof forms.Refused)) throw error;
    }
    if (!said) return "";
    const signs = (words) => wording.signs(words).line.join("");
    const line = signs(Object.values(said.fields).join(wording.PART));
    if (!records.book.names.some((name) => line.includes(signs(name)))) return "";
    const named = records.editions.filter(({ version }) =>
      line.includes(`edition${version}`) || line.includes(`version${version}`)
    );
    for (const { version, items } of named.length ? named : [...records.editions].reverse()) {
      const told = Object.entries(items).map(([id, plain]) => ({ id, ...verifying.item(plain) })).filter((item) => {
        const [name, value] = [signs(item.title), signs(item.text)];
        if ([...name].length < LEAST_TITLE || !line.includes(name)) return false;
        return !value ||
          new RegExp(`(?<![0-9.,-])${value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![.,]?[0-9])`).test(line);
      });
      if (!told.length) continue;
      const longest = Math.max(...told.map((item) => signs(item.title).length));
      const meant = told.filter((item) => signs(item.title).length === longest);
      const marks = meant.map(({ id, hash }) => `${id}@${version}:${hash}`);
      if (meant.length > 1) return `it has no mark, and may be ${marks.slice(0, 3).join(" or ")}`;
      try {
        const found = verifying.check({
          id: meant[0].id,
          edition: version,
          hash: meant[0].hash,
          parameters: "",
          form: said.form,
          fields: said.fields,
          left: said.left,
          addresses: [],
        });
        return `it has no mark; probably it is ${marks[0]}, and that ${found.line}`;
      } catch (error) {
        if (!(error instanceof forms.Refused)) throw error;
        return `it has no mark, and is probably meant for ${marks[0]}; but ${error.message}`;
      }
    }
    return "";
  }

  const unmarked = (text, block) =>
    text.split(block).flatMap((paragraph) => {
      const meant = probably(paragraph);
      return meant ? [{ words: short(paragraph), status: "no mark", line: meant }] : [];
    });

  /** What stands before a mark, as far back as it is the edition's words, and the mark; `block` ends with it. */
  function ofMark(block, mark, place) {
    const before = block.slice(0, place);
    const ends = (pattern) => [...before.matchAll(pattern)].map((found) => found.index + found[0].length);
    const sentences = ends(SENTENCE);
    for (const start of [...sentences, ...ends(/\s+/g)]) {
      const found = answer(block.slice(start));
      if (found.status === "refused" || (found.compared && !found.compared.includes("title"))) continue;
      if (sentences.includes(start)) {
        const left = block.slice(0, start).trim() ? " The sentences before it were not compared." : "";
        return { words: short(block.slice(start)), ...found, compared: (found.compared ?? "") + left };
      }
      return {
        words: short(block),
        status: "own words",
        line: `${found.line}; the words before it in its sentence are not the book's: compare them`,
        compared: found.compared,
      };
    }
    let found;
    try {
      found = verifying.check({ ...mark, form: "words", fields: {}, left: [], addresses: [] });
    } catch (error) {
      if (!(error instanceof forms.Refused)) throw error;
      found = { status: "refused", line: error.message };
    }
    if (!["stands", "moved"].includes(found.status)) return { words: short(block), ...found };
    const edition = records.editions.find(({ version }) => version === mark.edition);
    const item = verifying.item(edition ? edition.items[mark.id] : records.now[mark.id]);
    const says = `“${item.title || records.book.title}${item.text ? `: ${item.text}` : ""}”`;
    if (wording.signs(block).line.join("").includes(wording.signs(item.title).line.join(""))) {
      return {
        words: short(block),
        status: "refused",
        line: `what ${verifying.written(mark)} cites is ${says}, and these words say something else or more: altered`,
      };
    }
    return {
      words: short(block),
      status: "own words",
      line: `${found.line}; what it cites is ${says}: compare these words with it`,
      compared: found.compared,
    };
  }

  function ofText(text) {
    text = verifying.unescaped(wording.entities(text));
    const read = verifying.bent(text);
    const strange = verifying.whole(text).filter((mark) =>
      !read.some(({ start, end }) => start < mark.end && mark.start < end)
    );
    const block = (text.match(/^\s*\[\d+\]\s/gm) ?? []).length > 1 ? BRACKETED : BLOCK;
    const found = [];
    const marks = [...read, ...strange].sort((one, other) => one.start - other.start);
    const inAddress = (mark) => /cite=$/i.test(text.slice(0, mark.start));
    let end = 0;
    for (const [at, mark] of marks.entries()) {
      const following = marks[at + 1];
      if (
        following && verifying.written(following) === verifying.written(mark) &&
        text.slice(mark.end, following.start).search(block) < 0 &&
        inAddress(mark) && !inAddress(following)
      ) continue; // an entry that prints its address has its mark twice
      const after = mark.end + /^[`\]).”"’>]*/.exec(text.slice(mark.end))[0].length;
      const between = text.slice(end, mark.start);
      const begin = end + Math.max(0, ...[...between.matchAll(block)].map((parted) => parted.index + parted[0].length));
      found.push(
        ...unmarked(text.slice(end, begin), block),
        ofMark(text.slice(begin, after), mark, mark.start - begin),
      );
      end = after;
    }
    return [...found, ...unmarked(text.slice(end), block)];
  }

  /** Each citation of a text, in its order: how it begins, its status, and what is said of it. */
  function checked(text) {
    text = wording.visible(text);
    const each = split(text);
    return each.length ? each.map(ofRecord) : ofText(text);
  }

  /** How many of each status there are, in words. */
  const counted = (found) =>
    ORDER.map((status) => [found.filter((one) => one.status === status).length, status]).filter(([count]) => count).map(
      ([count, status]) => `${count} ${status}`,
    ).join(", ");

  return { checked, counted };
})();
