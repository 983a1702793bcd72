/* At the depth of Code the chapter is its reader's to change: a cell, or a table in place of a series. What was typed or
   chosen here runs in this page when its reader says so, by live.js, and in no other way; the page then says whose it is. */
"use strict";
casefile.own = (() => {
  const { page, whatIf } = casefile;
  const site = new URL("..", document.currentScript.src), named = document.title;
  const code = ({ cell_type: kind }) => kind === "code";
  const text = (source) => [source].flat().join("");

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const button = (words, pressed, more = {}) => {
    const element = make("button", { type: "button", textContent: words, ...more });
    element.addEventListener("click", pressed);
    return element;
  };
  const copied = (plain) => JSON.parse(JSON.stringify(plain));

  let written; // the notebook, as it was published
  const cells = new Map(); // its place → its text, where a reader changed it
  const series = new Map(); // its name → the file's name and bytes, in base64
  const editors = new Map(), tables = new Map(); // place or name → what puts it back
  let turn = 0, running, answer; // how often something was run; what runs, or ran; what came of it

  const state = () => JSON.stringify([[...cells].sort(), [...series].sort()]);
  const contents = () => Object.fromEntries([...series].map(([name, { content }]) => [name, content]));
  const changes = () => [
    ...[...cells.keys()].sort((one, other) => one - other).map((place) => `cell ${place}`),
    ...[...series.keys()].sort().map((name) => `${name}.csv`),
  ];

  /** The notebook as its reader has it; as a file it says first what it is. */
  function notebook(said = false) {
    const own = copied(written);
    for (const [place, source] of cells) own.cells[place].source = source;
    if (said) {
      own.cells.unshift({
        cell_type: "markdown",
        id: "changed-by-a-reader",
        metadata: {},
        source: `**Not the published notebook of ${page.book}.** A reader changed it: ${changes().join(", ")}.`,
      });
    }
    return own;
  }

  // ------------------------------------------------------------------------------------------------------------ the bar

  const told = make("p", { className: "own-told" });
  told.setAttribute("role", "status");
  const run = button("Run the chapter", start, { className: "own-run" });
  const save = button("", keep), where = make("span"), command = make("code");
  const how = make(
    "details",
    { className: "own-how" },
    make("summary", { textContent: "The command that runs it" }),
    make("p", {}, where),
    make("pre", { tabIndex: 0 }, command),
  );
  const bar = make(
    "aside",
    { className: "own-bar", hidden: true },
    told,
    make("p", { className: "own-actions" }, run, save, button("Back to the published page", reset)),
    how,
  );
  bar.setAttribute("aria-label", "Your changes to this chapter");
  document.querySelector(".site-header")?.append(bar);

  /** What the bar says: in a few words, and the rest. */
  function words() {
    const list = changes().join(", "),
      newer = running && running.state !== state() ? " You have changed more since: run it again." : "";
    if (!running) return ["Changed, and not run yet:", ` ${list}. The page is still the published one.`];
    if (!answer) {
      return [
        "Running your changes:",
        ` ${running.list || "none"}. Until they are through, the page is the published one.`,
      ];
    }
    if (!answer.results) return ["Your changes did not run.", ` The page shows what was published.${newer}`];
    return [
      "This is not the published page.",
      ` It was run with your changes: ${
        running.list || "none"
      }. What it shows is not the book’s and has no citation.${newer}`,
    ];
  }

  const shown = () => Boolean(running && answer?.results);

  function draw() {
    const unchanged = !running && !cells.size && !series.size;
    if (unchanged && bar.hidden) return;
    bar.hidden = unchanged;
    const [loud, more] = words();
    if (told.textContent !== loud + more) told.replaceChildren(make("strong", { textContent: loud }), more);
    save.textContent = series.size ? "Save the notebook with its data" : "Save the notebook";
    where.textContent = series.size
      ? "In the folder that you save, unpacked:"
      : "In the book’s folder, with the notebook that you save put into it:";
    command.textContent = whatIf.byPapermill().replace(series.size ? "" : "chapters/", "");
    document.title = shown() ? `Changed by a reader: ${named}` : named;
    document.documentElement.classList.toggle("own-shown", shown());
    document.documentElement.classList.toggle("own-changed", !bar.hidden);
  }

  function start() {
    casefile.painting.restore();
    [turn, answer] = [turn + 1, undefined];
    running = { state: state(), list: changes().join(", "), question: { notebook: notebook(), series: contents() } };
    for (const { said } of editors.values()) said.textContent = "";
    draw();
    whatIf.refresh();
  }

  /** Take what the run came to, from `live.js`: an error is told at its cell. */
  function answered(came) {
    if (came === answer) return;
    answer = came;
    how.open ||= Boolean(came.failed);
    draw();
    const editor = editors.get(came.cell);
    if (editor) editor.said.textContent = came.refused;
    editor?.area.scrollIntoView({ block: "center", behavior: "instant" });
    editor?.area.focus({ preventScroll: true });
  }

  function reset() {
    for (const { back } of [...editors.values(), ...tables.values()]) back();
    running = answer = undefined;
    whatIf.goBack();
    draw();
    document.querySelector(".own summary")?.focus({ preventScroll: true });
  }

  // ------------------------------------------------------------------------------------------------------------- files

  function hand(content, name, type) {
    const link = make("a", { href: URL.createObjectURL(new Blob([content], { type })), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  async function keep() {
    const plain = notebook(true);
    if (!series.size) {
      return hand(`${JSON.stringify(plain, null, 1)}\n`, `${page.chapter}.ipynb`, "application/x-ipynb+json");
    }
    save.disabled = true;
    save.textContent = "Making it…";
    const { archive, refused, failed } = await casefile.kernel.ask({
      notebook: plain,
      series: contents(),
      command: command.textContent,
    });
    draw();
    save.disabled = false;
    if (archive) {
      return hand(
        Uint8Array.from(atob(archive), (sign) => sign.charCodeAt(0)),
        `${page.chapter}.zip`,
        "application/zip",
      );
    }
    told.replaceChildren(
      make("strong", { textContent: "That cannot be saved." }),
      ` ${refused ?? failed}. With your table as own/series/${
        [...series.keys()][0]
      }.csv, this does the same: casefile rerun ${page.chapter} --data own`,
    );
    return undefined;
  }

  // ------------------------------------------------------------------------------------------------------------- cells

  function editor(cell, place) {
    const block = cell.querySelector(".cell_input"), published = text(written.cells[place].source);
    const said = make("p", { className: "own-error" });
    said.setAttribute("role", "alert");
    const label = make("span", { className: "own-place", textContent: `Cell ${place}` });
    const change = button("Change", open),
      undo = button("As published", () => {
        back();
        change.focus();
      }, { hidden: true });
    change.setAttribute("aria-label", `Change cell ${place}`);
    undo.setAttribute("aria-label", `Cell ${place} as published`);
    let area;
    function open() {
      area = make("textarea", {
        className: "own-code",
        value: published,
        spellcheck: false,
        autocapitalize: "off",
        autocomplete: "off",
        wrap: "off",
      });
      area.setAttribute("aria-label", `Cell ${place} of the chapter`);
      area.setAttribute("aria-keyshortcuts", "Control+Enter");
      const grow = () => (area.rows = area.value.split("\n").length);
      area.addEventListener("input", () => {
        grow();
        if (area.value === published) cells.delete(place);
        else cells.set(place, area.value);
        draw();
      });
      area.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) start();
        if (event.key === "Escape") event.stopPropagation(); // it takes no parameter back while someone types
      });
      grow();
      block.before(area);
      block.hidden = change.hidden = true;
      undo.hidden = false;
      editors.set(place, { back, said, area });
      area.focus();
    }
    function back() {
      area?.remove();
      area = undefined;
      cells.delete(place);
      editors.delete(place);
      said.textContent = "";
      block.hidden = change.hidden = false;
      undo.hidden = true;
      draw();
    }
    block.after(make("p", { className: "own-cell" }, label, change, undo), said);
  }

  /** Give each cell of the page that the notebook has its way to be changed. */
  function offer() {
    let at = 0;
    const shown = (source) => source.replace(/\s+/g, " ").trim();
    for (const cell of document.querySelectorAll("article .cell")) {
      const said = shown(cell.querySelector(".cell_input")?.textContent ?? "");
      const place = written.cells.findIndex((one, index) =>
        index >= at && code(one) && shown(text(one.source)) === said
      );
      if (!said || place < 0) continue;
      editor(cell, place);
      at = place + 1;
    }
  }

  // ------------------------------------------------------------------------------------------------------------ tables

  const read = (file) =>
    new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(file);
    });

  function table({ name, title, path }) {
    const id = `own-${name}`,
      field = make("input", { type: "file", id, accept: ".csv,text/csv" }),
      chosen = make("span");
    chosen.setAttribute("role", "status");
    const undo = button("As published", back, { hidden: true });
    const row = make(
      "div",
      { className: "own-table" },
      make("label", { htmlFor: id, textContent: title }),
      " ",
      make("a", { href: new URL(`data/${path}`, site).href, download: "", textContent: `${name}.csv as published` }),
      field,
      chosen,
      undo,
    );
    function back() {
      field.value = chosen.textContent = "";
      undo.hidden = true;
      series.delete(name);
      tables.delete(name);
      draw();
    }
    async function take(file) {
      if (!file) return;
      try {
        series.set(name, { file: file.name, content: await read(file) });
        chosen.textContent = `In its place: ${file.name}`;
        undo.hidden = false;
        tables.set(name, { back });
      } catch {
        back();
        chosen.textContent = `${file.name} cannot be read`;
      }
      draw();
    }
    field.addEventListener("change", () => take(field.files[0]));
    for (const over of ["dragenter", "dragover", "dragleave", "drop"]) {
      row.addEventListener(over, (event) => {
        event.preventDefault();
        row.classList.toggle("own-over", over === "dragenter" || over === "dragover");
      });
    }
    row.addEventListener("drop", ({ dataTransfer }) => take(dataTransfer.files[0]));
    return row;
  }

  // ----------------------------------------------------------------------------------------------------------- at Code

  const fetched = async (path) => {
    if (!location.protocol.startsWith("http")) throw new Error(path); // a page opened as a file may read none
    const answered = await fetch(new URL(path, site));
    if (!answered.ok) throw new Error(path);
    return answered.json();
  };

  let begun;
  async function begin() {
    const first = document.querySelector("article .cell");
    if (!first) return;
    const place = make("aside", { className: "own" });
    first.before(place);
    try {
      let described;
      [written, described] = await Promise.all([
        fetched(`notebooks/source/${page.chapter}.ipynb`),
        fetched("data/datapackage.json"),
      ]);
      const source = written.cells.filter(code).map((cell) => text(cell.source)).join("\n");
      const reads = described.resources.filter(({ name, path }) =>
        path.startsWith("series/") && source.includes(`"${name}"`)
      );
      place.append(
        make(
          "details",
          {},
          make("summary", { textContent: "Change this chapter and run it here" }),
          make("p", {
            textContent: `Each cell can be changed${
              reads.length
                ? ", and a table of yours put in place of a series that the chapter reads: choose it, or drop it on its line"
                : ""
            }. Nothing runs until you say so, and nothing leaves this page.`,
          }),
          ...reads.map(table),
        ),
      );
      offer();
    } catch {
      place.append(
        make("p", {
          textContent:
            `The notebook of this page is not to be had here. To change it, edit chapters/${page.chapter}.ipynb in the book’s folder, then: `,
        }, make("code", { textContent: `papermill chapters/${page.chapter}.ipynb out.ipynb` })),
      );
    }
  }
  function follow() {
    if (casefile.depth.now() === "code") begun ??= begin();
  }
  addEventListener("casefile:depth", follow);
  addEventListener("casefile:supposed", draw);
  follow();

  return { asked: () => running && { turn, question: running.question }, answered, told, shown };
})();
