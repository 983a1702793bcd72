/* What a citation says, field by field, read from each of its forms, as casefile/citation/forms.py reads them. */
"use strict";
casefile.forms = (() => {
  const { records, wording } = casefile;
  const { fields: FIELDS } = records.forms;
  const EXPECTED = "expected it whole, with its mark id@edition:hash, as `casefile cite` gave it";
  class Refused extends Error {}
  const refuse = (why) => {
    throw new Refused(why);
  };
  const own = (table, name) => (Object.hasOwn(table, name) ? table[name] : undefined);

  /** A value as a message shows it, as the command does. */
  const shown = (text) => {
    const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
    const whole = quote +
      [...text.slice(0, 201)].map((
        sign,
      ) => (sign === quote || sign === "\\" ? `\\${sign}` : sign === "\n" ? "\\n" : sign)).join("") + quote;
    return whole.length <= 200 ? whole : `${whole.slice(0, 199)}…`;
  };

  /** What a text says, in whichever form it is: what is compared, by field, and the names of what is not. */
  function read(text) {
    if (/^@\w+\s*[{(]/.test(text)) return ofFields("BibTeX", bibtex(text));
    if (/^(?:\d+\.\s*)?TY\s+-/.test(text)) return ofFields("RIS", ris(text));
    if (/^[[{]/.test(text) && !/^(?:\[\[|\{\{)/.test(text)) {
      const record = cslJson(text);
      if (record) return ofFields("CSL-JSON", record);
    }
    const unwrapped = text.replace(/[ \t]*[\r\n]+[ \t]*/g, "");
    if (/^<?https?:\/\/\S+$/i.test(unwrapped)) {
      return { form: "address", fields: { address: wording.entities(unwrapped) }, left: [] };
    }
    const [words, left] = wording.cleaned(wording.entities(text));
    return { form: "words", fields: { words }, left };
  }

  function ofFields(form, entries) {
    const fields = {}, left = new Set();
    for (const [name, value] of entries) {
      const tells = own(FIELDS[form], name) ??
        refuse(`the ${form} record has a field ${shown(name)}, which no record of the book has; ${EXPECTED}`);
      if (tells) fields[tells] = own(fields, tells) === undefined ? value : `${fields[tells]}${wording.PART}${value}`;
      else if (!["ER", "TY"].includes(name) && value.trim()) left.add(name);
    }
    return { form, fields, left: [...left] };
  }

  const MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
  ];

  /** The fields of one BibTeX record, as they read: values in quotation marks, in braces or bare, LaTeX's signs undone. */
  function bibtex(text) {
    if (/@\s*(string|preamble)\s*[{(]/i.test(text)) refuse(`the BibTeX defines macros; ${EXPECTED}`);
    const fields = [];
    let at = text.search(/[{(]/) + 1;
    const broken = () => refuse(`broken BibTeX: a field or the record is not closed; ${EXPECTED}`);
    const head = /^\s*([^\s,{}"]*)\s*,/.exec(text.slice(at)) ?? broken();
    fields.push(["key", head[1]]);
    at += head[0].length;
    for (;;) {
      const name = /^[\s,]*([\w-]+)\s*=\s*/.exec(text.slice(at));
      if (!name) break;
      at += name[0].length;
      let depth = 0, value;
      const start = at, quote = text[at] === '"';
      if (!quote && text[at] !== "{") {
        [value] = /^[^\s,{}()"]+/.exec(text.slice(at)) ?? broken();
        at += value.length;
        value = MONTHS.find((month) => month.slice(0, 3).toLowerCase() === value.toLowerCase()) ?? value;
      } else {
        for (at += 1;; at += 1) {
          if (at >= text.length || depth > 100) broken();
          if (text[at] === "\\") at += 1;
          else if (quote && !depth && text[at] === '"') break;
          else if (!quote && !depth && text[at] === "}") break;
          else if (text[at] === "{") depth += 1;
          else if (text[at] === "}") depth -= 1;
          if (depth < 0) broken();
        }
        value = text.slice(start + 1, at);
        at += 1;
      }
      const key = name[1].toLowerCase();
      if (fields.some(([other]) => other === key)) refuse(`broken BibTeX: repeated field ${shown(key)}; ${EXPECTED}`);
      fields.push([
        key,
        key === "author"
          ? value.replace(/\{[^{}]*\}|\s+and\s+/g, (part) => (part[0] === "{" ? part : wording.PART))
          : value,
      ]);
    }
    if (!/^[\s,]*[})]/.test(text.slice(at))) broken();
    const records = 1 + (text.slice(at).match(/@\w+\s*[{(]/g) ?? []).length;
    if (records > 1) refuse(`the BibTeX holds ${records} records; expected one`);
    return fields.map(([name, value]) => [name, name === "key" ? value : wording.ofLatex(value)]);
  }

  /** The fields of one RIS record; a line that has no tag goes on with the field above it. */
  function ris(text) {
    const fields = [];
    for (const line of text.split(/\r\n|\r|\n/)) {
      const tag = /^(?:\d+\.\s*)?([A-Z][A-Z0-9])\s{1,2}-(?: (.*))?$/.exec(`${line.trimEnd()} `);
      if (tag) fields.push([tag[1], (tag[2] ?? "").trim()]);
      else if (line.trim() && !/^\s*\d+\.\s*$/.test(line)) {
        if (!fields.length || ["TY", "ER"].includes(fields.at(-1)[0])) {
          refuse(`broken RIS: a line goes on where no field began; ${EXPECTED}`);
        }
        fields.at(-1)[1] += ` ${line.trim()}`;
      }
    }
    if (!fields.some(([tag]) => tag === "ER")) {
      refuse(`broken RIS: the record does not end in \`ER  -\`: cut short; ${EXPECTED}`);
    }
    const count = fields.filter(([tag]) => tag === "TY").length;
    if (count !== 1) refuse(`the RIS holds ${count} records; expected one`);
    return fields;
  }

  /** The fields of one CSL-JSON record; null for words that happen to begin with a bracket. */
  function cslJson(text) {
    let record;
    try {
      record = JSON.parse(text);
    } catch (error) {
      if (/^[[{]\s*[{"]/.test(text)) refuse(`broken CSL-JSON: ${error.message}; ${EXPECTED}`);
      return null;
    }
    if (Array.isArray(record)) {
      if (record.length !== 1) refuse(`the CSL-JSON holds ${record.length} records; expected one`);
      [record] = record;
    }
    if (typeof record !== "object" || !record || Array.isArray(record)) {
      refuse("the CSL-JSON holds no record; expected an object with title, version and note");
    }
    return Object.entries(record).map(([name, value]) => [name, wording.visible(wording.entities(flat(value)))]);
  }

  const PARTS = [
    "given",
    "non-dropping-particle",
    "dropping-particle",
    "family",
    "literal",
    "suffix",
    "date-parts",
    "raw",
  ];

  /** A value of CSL-JSON in one line, the parts of a name or a day in their order. */
  function flat(value) {
    if (Array.isArray(value)) return value.map(flat).join(" ");
    if (typeof value !== "object" || value === null) return value === null ? "" : String(value);
    const stray = Object.keys(value).sort().find((name) => !PARTS.includes(name) && name !== "ORCID");
    if (stray !== undefined) {
      refuse(`the CSL-JSON record has a part ${shown(stray)}, which no name and no day has; ${EXPECTED}`);
    }
    return PARTS.filter((name) => Object.hasOwn(value, name)).map((name) => flat(value[name])).join(" ");
  }

  const SENT_ON =
    /^https?:\/\/(?:www\.google\.[a-z.]+\/url|[\w.-]*safelinks\.protection\.outlook\.com\/|l\.facebook\.com\/l\.php)/i;
  const COUNTED = /^(?:utm_\w+|fbclid|gclid|mc_cid|mc_eid|ref)$/i;

  /** The parts of an address that carries a mark: what stands before its query, the mark, its anchor, what is not compared. */
  function address(text) {
    text = text.replace(/^[<>\s]+|[<>\s]+$/g, "").replace(
      /^https?:\/\/web\.archive\.org\/web\/\d+(?:[a-z]{2}_)?\/(?=http)/i,
      "",
    ).replace(/[>.,;:)\]}'"’”]+$/, "");
    let parts;
    try {
      parts = new URL(text);
    } catch {
      refuse(`the address cannot be read; ${EXPECTED}`);
    }
    const asked = [...new URLSearchParams(parts.search.replaceAll("+", "%2B"))]; // addresses of the book hold no space: a plus is a sign too many
    if (SENT_ON.test(text)) {
      const on = asked.find(([name, value]) =>
        ["q", "u", "url"].includes(name) && /^https?:\/\//i.test(value) && !SENT_ON.test(value)
      );
      if (on) return address(on[1]);
    }
    const anchor = parts.hash.slice(1).split(":~:")[0]; // what follows is where the browser is to scroll
    const cited = asked.filter(([name]) => name === "cite").map(([, value]) => value);
    if (!cited.length) {
      refuse(
        `the address names ${
          shown(anchor || parts.pathname.split("/").pop() || "a page")
        } but no edition and no hash, so there is nothing to check it against; expected one with ?cite=id@edition:hash, or a whole citation`,
      );
    }
    const strays = asked.map(([name]) => name).filter((name) => name !== "cite" && !COUNTED.test(name));
    if (strays.length || cited.length > 1 || parts.search.slice(1).split("&").includes("")) {
      refuse(`the address also asks for ${shown(strays[0] ?? "cite")}: altered; ${EXPECTED}`);
    }
    const user = parts.username && `${parts.username}@`;
    return {
      base: `${parts.protocol}//${user}${parts.host}${parts.pathname}`.toLowerCase(),
      mark: cited[0],
      anchor,
      left: asked.length > 1 ? ["what its sender counts by"] : [],
    };
  }

  return { EXPECTED, Refused, refuse, own, shown, read, address };
})();
