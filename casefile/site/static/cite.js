/* Cite: a dialog with every style of one citation. The texts were made with the page; they load when first asked for. */
"use strict";
globalThis.casefile ??= {};
casefile.cite = (() => {
  const { src: script, dataset: { page: here } } = document.currentScript;
  const address = new URL(`cite/${here}.js`, script).href;
  const STYLES = {
    sentence: "Sentence",
    apa: "APA",
    chicago: "Chicago",
    bibtex: "BibTeX",
    ris: "RIS",
    "csl-json": "CSL-JSON",
    markdown: "Markdown",
    news: "News line",
    wikipedia: "Wikipedia",
    url: "Address",
  };
  const PROSE = ["sentence", "apa", "chicago", "news"]; // copied with italics and links for whoever takes them
  const FILES = { bibtex: "bib", ris: "ris", "csl-json": "json" };
  const NOUNS = {
    page: "page",
    section: "section",
    number: "number",
    chart: "chart",
    claim: "claim",
    source: "source",
  };
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  let asked;
  /** The citations of this page, by public id. */
  const loaded = () => (asked ??= new Promise((resolve, reject) => {
    document.head.append(make("script", {
      src: address,
      onload: () => resolve(casefile.citations),
      onerror: () => {
        asked = undefined;
        reject(new Error(`${address} did not load`));
      },
    }));
  }));

  // ------------------------------------------------------------------------------------------------- what was moved

  const encoded = (value) =>
    encodeURIComponent(value).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

  /** The parameters a reader moved, as the dialog's page has them: name, value, default. */
  function moved() {
    if (!casefile.whatIf) return [];
    const query = new URLSearchParams(casefile.whatIf.search());
    return casefile.page.parameters
      .filter(({ name, value }) => query.has(name) && query.get(name) !== String(value))
      .map((parameter) => ({ ...parameter, now: query.get(parameter.name) }));
  }

  /** Whether what is cited rests on something that the notebook's code worked out, which a moved parameter may change. */
  function byCode(id, kind, parameters) {
    if (casefile.live?.shown() || !parameters.some(({ code }) => code)) return false; // the notebook itself said it
    if (kind !== "number") return true;
    const { figures } = casefile.page;
    const rests = (name) => figures[name]?.kind === "computed" || (figures[name]?.inputs ?? []).some(rests);
    return rests(id);
  }

  /** What an element says, on one line, without the sign of a correction in it. */
  function words(element) {
    const copy = element?.cloneNode(true);
    for (const sign of copy?.querySelectorAll(".corrected") ?? []) sign.remove();
    return (copy?.textContent ?? "").trim().split(/\s+/).join(" ");
  }

  /** What the page says now of what is cited: the number as printed, or the verdict. */
  function saidNow(id, kind) {
    const place = document.querySelector(
      `[data-cite="${id}"]${kind === "number" ? " .derivation-value" : " .verdict"}`,
    );
    return words(place);
  }

  /** The title of a chart as the page shows it now: it may hold numbers and words that a parameter changes. */
  const titleNow = (id) => words(document.querySelector(`[data-cite="${id}"] .chart-title`));

  /** A mark with the parameters that a reader moved in it. */
  function supposedMark(mark, parameters) {
    const [, name, edition, before = "", hash] = mark.match(/^(.+)@([^?:]+)(?:\?([^:]*))?:([0-9a-f]+)$/);
    const names = new Set(parameters.map((parameter) => `${parameter.home}.${parameter.name}`));
    const kept = before.split(";").filter((part) => part && !names.has(part.split("=")[0]));
    const changed = [
      ...kept,
      ...parameters.map((parameter) => `${parameter.home}.${parameter.name}=${encoded(parameter.now)}`),
    ].sort().join(";");
    return `${name}@${edition}?${changed}:${hash}`;
  }

  /** An entry's texts with the moved parameters in them, in the styles in which title and note stand word for word. */
  function supposed(id, entry, parameters) {
    const words = parameters.map((parameter) =>
      `${parameter.name} of ${parameter.home} at ${parameter.now} instead of ${parameter.default}`
    ).join(", ");
    const mark = supposedMark(entry.mark, parameters);
    const note = entry.note.replace(entry.mark, `Computed with ${words}, not with the book's own parameters. ${mark}`);
    const now = entry.text && saidNow(id, entry.kind);
    const said = entry.text.endsWith(` ${now}`) ? entry.text : now; // the page prints a number without what its source puts before it
    const own = (entry.kind === "chart" && titleNow(id)) || entry.title;
    const plain = entry.text && own.endsWith(entry.text) ? own.slice(0, -entry.text.length) + said : own;
    const title = `${plain} (computed with ${words})`;
    const texts = {};
    const swap = (text, from, to) => text.replace(from, () => to);
    const asked = (text) => text.replaceAll(encodeURIComponent(entry.mark), encodeURIComponent(mark)); // in an address
    const sentence = entry.texts.sentence;
    const gap = entry.kind === "number" ? "”, " : "” ";
    const at = entry.text ? sentence.lastIndexOf(gap + entry.text) : -1;
    texts.sentence = at < 0
      ? swap(swap(sentence, entry.title, plain), entry.note, note)
      : `${sentence.slice(0, at)}${gap}${said} [${note}].`;
    for (const style of ["apa", "ris"]) {
      const text = entry.texts[style];
      if (text.includes(entry.title) && text.includes(entry.note)) {
        texts[style] = asked(swap(swap(text, entry.title, title), entry.note, note));
      }
    }
    const [record] = JSON.parse(entry.texts["csl-json"]);
    texts["csl-json"] = asked(`${JSON.stringify([{ ...record, title, note }], null, 1)}\n`);
    return texts;
  }

  // ------------------------------------------------------------------------------------------------------ the foot

  const foot = document.querySelector(".cite-mark"), published = foot?.textContent;
  /** The mark at the page's foot carries what a reader moved, as a citation does; where there would be none, there is no mark. */
  function stamp() {
    if (!foot) return;
    const parameters = moved();
    const [mark] = published.match(/\S+@\S+$/) ?? [];
    if (!mark) return;
    foot.hidden = parameters.length > 0 && byCode(mark.split("@")[0], "page", parameters);
    const text = parameters.length ? published.replace(mark, () => supposedMark(mark, parameters)) : published;
    if (foot.textContent !== text) foot.textContent = text;
  }
  addEventListener("casefile:supposed", stamp);
  stamp();

  // -------------------------------------------------------------------------------------------------------- dialog

  const heading = make("h2", { id: "cite-title" });
  const about = make("p", { className: "cite-about" });
  const choices = make("fieldset", { className: "cite-styles" });
  const text = make("pre", { className: "cite-text", tabIndex: 0 });
  text.setAttribute("aria-label", "The citation");
  const copy = make("button", { type: "button", textContent: "Copy" });
  const file = make("a", { className: "cite-file", download: "" });
  const said = make("output", { className: "cite-said" });
  const shut = make("button", { type: "button", className: "cite-close", textContent: "Close" });
  const supposing = make("p", { className: "cite-supposing" });
  const based = make("p", { className: "cite-sources" });
  const dialog = make(
    "dialog",
    { className: "cite-dialog" },
    make("div", { className: "cite-top" }, heading, shut),
    about,
    supposing,
    choices,
    text,
    make("p", { className: "cite-actions" }, copy, file, said),
    based,
  );
  dialog.setAttribute("aria-labelledby", heading.id);
  let shown = {}, current = "";

  const kept = () => {
    try {
      return localStorage.getItem("citation-style");
    } catch {
      return null; // storage may be refused, as for files in some browsers
    }
  };
  const keep = (style) => {
    try {
      localStorage.setItem("citation-style", style);
    } catch {
      // the choice then holds for this page only
    }
  };
  let favourite = kept();

  function choose(style) {
    text.textContent = shown[style].trimEnd();
    file.hidden = !FILES[style] || !supposing.hidden || current.includes(":"); // a source has none of its own
    if (!file.hidden) {
      file.href = new URL(`../cite/${current}.${FILES[style]}`, script).href;
      file.textContent = `Save as ${current}.${FILES[style]}`;
    }
    said.textContent = "";
  }

  /** The ways to cite the sources of what is cited: the number is theirs before it is the book's. */
  function sources(names, entries) {
    const known = names.filter((name) => entries[name]);
    based.hidden = !known.length;
    const few = known.slice(0, 6); // of many the page of sources has all
    based.replaceChildren(
      `Cite ${known.length === 1 ? "its source" : "a source of it"}: `,
      ...few.flatMap((name, at) => {
        const button = make("button", { type: "button", className: "cite-source", textContent: entries[name].title });
        button.addEventListener("click", () => open(name));
        return at ? [", ", button] : [button];
      }),
      known.length > few.length ? `, and ${known.length - few.length} more on the page of sources.` : ".",
    );
  }

  function show(id, entry, entries) {
    const parameters = entry.mark ? moved() : [];
    sources(entry.sources ?? [], entries);
    const command = ["casefile cite", id, ...parameters.map(({ name, home, now }) => `-p ${home} ${name} ${now}`)].join(
      " ",
    );
    const inexact = parameters.length && byCode(id, entry.kind, parameters);
    current = id;
    shown = inexact ? {} : parameters.length ? supposed(id, entry, parameters) : entry.texts;
    heading.textContent = `Cite this ${NOUNS[entry.kind] ?? "book"}`;
    const whole = (parameters.length && entry.kind === "chart" && titleNow(id)) || entry.title;
    about.textContent = parameters.length && whole.endsWith(`: ${entry.text}`)
      ? whole.slice(0, -entry.text.length - 2)
      : whole;
    supposing.hidden = !parameters.length;
    supposing.replaceChildren(
      ...(parameters.length
        ? [
          inexact
            ? "With the parameters you moved, part of this is worked out by the notebook's code. "
            : "The citation carries the parameters you moved. ",
          inexact ? "To cite what comes out: " : "In any other style: ",
          make("code", { textContent: `${command} --style bibtex` }),
        ]
        : []),
    );
    const styles = Object.keys(STYLES).filter((style) => shown[style]);
    const style = styles.includes(favourite) ? favourite : styles[0];
    choices.replaceChildren(
      make("legend", { textContent: "Style" }),
      ...styles.map((name) => {
        const radio = make("input", { type: "radio", name: "cite-style", value: name, checked: name === style });
        return make("label", {}, radio, ` ${STYLES[name]}`);
      }),
    );
    for (const element of [choices, text, copy]) element.hidden = !styles.length;
    file.hidden = true;
    said.textContent = "";
    if (style) choose(style);
  }

  /** What a reader changed is nobody's to cite as the book's. */
  function none() {
    sources([], {});
    heading.textContent = "No citation";
    about.textContent =
      "This page was run with changes of your own. What it shows now is not the book’s, and has no citation. Go back to the published page to cite that.";
    for (const element of [choices, text, copy, file, supposing]) element.hidden = true;
    said.textContent = "";
  }

  async function open(id) {
    if (!dialog.isConnected) document.body.append(dialog);
    if (casefile.own?.shown()) none();
    else {try {
        const entries = await loaded();
        if (entries[id]) show(id, entries[id], entries);
      } catch {
        heading.textContent = "Cite";
        about.textContent = "The citations of this page did not load. The page Cite it says how to cite without them.";
        for (const element of [choices, text, copy, file, supposing, based]) element.hidden = true;
      }}
    if (!dialog.open) dialog.showModal();
    (choices.querySelector(":checked") ?? shut).focus();
  }

  choices.addEventListener("change", (event) => {
    favourite = event.target.value;
    keep(favourite);
    choose(favourite);
  });
  /** Words as HTML: the book's title in italics, as every style of prose has it, and the address as a link. */
  function rich(words, entry) {
    const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
    const record = JSON.parse(entry.texts["csl-json"])[0];
    const title = escaped(record["container-title"] ?? record.title).replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(
      /['’]/g,
      "['’]",
    );
    return escaped(words).replace(new RegExp(title, "i"), "<i>$&</i>").replace(
      /https?:\/\/[^\s\]]+[^\s\].,)]/g,
      '<a href="$&">$&</a>',
    );
  }

  copy.addEventListener("click", async () => {
    const words = text.textContent, style = choices.querySelector(":checked").value;
    try {
      if (PROSE.includes(style) && globalThis.ClipboardItem) {
        const flavours = { "text/plain": words, "text/html": rich(words, (await loaded())[current]) };
        const blobs = Object.entries(flavours).map(([type, flavour]) => [type, new Blob([flavour], { type })]);
        await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
      } else await navigator.clipboard.writeText(words);
      said.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(text);
      said.textContent = "Selected: copy it with the keyboard.";
    }
  });
  shut.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    const box = dialog.getBoundingClientRect();
    const outside = event.clientX < box.left || event.clientX > box.right || event.clientY < box.top ||
      event.clientY > box.bottom;
    if (event.target === dialog && outside) dialog.close();
  });

  // ------------------------------------------------------------------------------------------------------- buttons

  const PLACES = {
    SECTION: ":scope > :is(h1, h2, h3, h4, .claim-head)",
    FIGURE: ":scope > .chart-credit",
    DIV: ":scope > :is(.derivation-head, .source-title)",
  };
  for (const element of document.querySelectorAll("[data-cite]")) {
    const place = element.querySelector(PLACES[element.tagName]);
    if (!place) continue;
    const button = make("button", { type: "button", className: "cite-button", textContent: "Cite" });
    if (element.tagName === "DIV") element.append(button);
    else place.append(button);
  }
  document.addEventListener("click", (event) => {
    const cited = event.target.closest("button.cite-button")?.closest("[data-cite]");
    if (cited) open(cited.dataset.cite);
  });

  // ------------------------------------------------------------------------------------ where a citation leads here

  const fetched = (file) =>
    new Promise((resolve, reject) => {
      document.head.append(make("script", { src: new URL(file, script).href, onload: resolve, onerror: reject }));
    });
  /** The records, which load when a citation of another state of the book leads here: the book as it is, and the editions from one on. */
  async function recorded(version) {
    if (!casefile.records) await fetched("editions.js");
    const versions = casefile.records.editions.map((edition) => edition.version);
    const from = versions.includes(version) ? versions.slice(versions.indexOf(version)) : [];
    await Promise.all(
      from.filter((other) => !casefile.editions?.[other]).map((other) => fetched(`editions/${other}.js`)),
    );
    return casefile.records;
  }

  /** What an edition said of something, or what is said now without a version: page, anchor, title, text, range, kind, hash. */
  function told({ editions, now }, id, version) {
    const from = version ? editions.findIndex((edition) => edition.version === version) : editions.length;
    const said = from < 0
      ? []
      : [...editions.slice(from).map((edition) => casefile.editions[edition.version].items), now];
    const states = said.map((items) => (Object.hasOwn(items, id) ? items[id] : undefined));
    if (!states.length || states[0] === undefined) return undefined;
    return [...Array(7).keys()].map((at) => states.find((said) => (said?.[at] ?? null) !== null)[at]); // null: the same as in the next
  }
  const worded = ([, , title, text]) => `“${text ? `${title}: ${text}` : title}”`;

  /** What became of what a mark cites: a sentence, and whether the edition's page and what changed on it are worth a look. */
  async function fate(id, edition, parameters, hash) {
    const draft = edition.endsWith("+draft"), version = edition.replace(/\+draft$/, "");
    const named = draft ? `a draft after edition ${version}` : `edition ${version}`;
    const entry = (await loaded().catch(() => ({})))[id];
    const own = !parameters && entry?.mark.split(":").at(-1) === hash;
    if (own && (draft || entry.mark === `${id}@${edition}:${hash}`)) {
      return { line: `You came by a citation of ${named}. It stands: “${entry.title}”.`, own };
    }
    const all = await recorded(draft ? "" : version).catch(() => undefined);
    if (!all || parameters) {
      return { line: `You came by a citation of ${named}. Whether what it cites stands, the whole citation says.` };
    }
    const said = draft ? undefined : told(all, id, version), now = told(all, id, "");
    if (!draft && said?.at(-1) !== hash) {
      return {
        line: `The mark in this address is none that edition ${version} gave out: it was altered, or is mistyped.`,
      };
    }
    if (!now) {
      return { line: `You came by a citation of ${named}${said ? `: ${worded(said)}` : ""}. It was withdrawn.`, said };
    }
    const reprinted = said && said[3] !== now[3] ? `; it is printed ${now[3]} now` : "";
    if (now.at(-1) === hash) {
      return {
        line: `You came by a citation of ${named}: ${
          worded(said ?? now)
        }. It stands: what it cites is as it was${reprinted}.`,
        own: true,
        said,
      };
    }
    const is = said && said[3] !== now[3]
      ? `it is ${said[2] === now[2] ? now[3] : worded(now)} now`
      : casefile.editions?.[version]?.differences[id] ?? "what it rests on is another now";
    return {
      line: said
        ? `You came by a citation of ${named}: ${worded(said)}. That has changed: ${is}.`
        : `You came by a citation of ${named}, and what it cites has changed since.`,
      said,
    };
  }

  /** Says of the citation by whose address a reader came what it cites, of which edition, and what became of it. */
  async function arrived(mark) {
    const [, id, edition, parameters, hash] = mark.match(/^([\w-]+)@([^?:]+)(?:\?([^:]*))?:([0-9a-f]{12})$/) ?? [];
    const bar = make("p", { className: "cite-arrived", role: "status" });
    const { line, own, said } = id
      ? await fate(id, edition, parameters, hash)
      : { line: "The mark in this address is cut short, so what it cites cannot be said." };
    bar.append(line);
    const was = [...document.querySelectorAll(".cite-editions a")].find(({ textContent }) => textContent === edition);
    const links = [];
    if (was && said && !own) {
      links.push(["The page as it was", `${was.href}#${said[1]}`], [
        "What has changed",
        `${was.href}#since${said[1] && `-${said[1]}`}`,
      ]);
    } else if (was && said) links.push(["The page as it was", `${was.href}#${said[1]}`]);
    const verify = document.querySelector(".cite-mark")?.dataset.verify;
    if (verify) {
      const search = new URLSearchParams({ citation: location.protocol === "file:" ? mark : location.href }); // a file has no address to cite
      links.push(["Check the whole citation", `${verify}?${search}`]);
    }
    for (const [textContent, href] of links) bar.append(" ", make("a", { textContent, href }), ".");
    const place = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (place) {
      place.before(bar);
      bar.scrollIntoView();
    } else document.querySelector("article, main")?.prepend(bar);
  }
  const cited = new URLSearchParams(location.search).get("cite");
  if (cited) arrived(cited);

  return { open };
})();
