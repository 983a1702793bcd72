/* The margin: beside each paragraph, at the depth of Check, a slip for each number, where it first stands, with how it was
   worked out. */
"use strict";
(() => {
  const BLOCKS = ".bd-article :is(p, li, dd)";
  const ELSEWHERE = ".derivations, .chart, .claim, table, .score, .slips, .chapter-claims, .article-claims, figure";
  const corrections = new Set(); // what was corrected in one row is told once, beside the first number that it changed
  let built = false;

  /** A figure's derivation in short: its value, what it is, the sum, where it comes from. */
  function slip(name) {
    const told = document.getElementById(`figure-${name}`);
    const short = told.cloneNode(true);
    short.removeAttribute("id");
    short.removeAttribute("data-cite");
    short.className = "slip derivation";
    for (
      const part of short.querySelectorAll(
        ".derivation-formula, .derivation-function, .derivation-note, .derivation-lineage, .derivation-home, .relay-told, .cite-button",
      )
    ) part.remove();
    const corrected = short.querySelector(".derivation-corrected");
    if (corrected) {
      const row = corrected.querySelector("a").hash;
      if (corrections.has(row)) {
        corrected.firstChild.textContent = `${corrected.firstChild.textContent.split(":")[0]}. `;
      }
      corrections.add(row);
    }
    const head = short.querySelector(".derivation-head");
    head.prepend(head.querySelector(".derivation-value"));
    const more = Object.assign(document.createElement("a"), {
      className: "num slip-more",
      href: `#figure-${name}`,
      textContent: "More",
    });
    more.setAttribute("aria-label", `More on: ${head.querySelector(".derivation-meaning").textContent}`);
    const last = Object.assign(document.createElement("p"), {});
    last.append(more);
    short.append(last);
    told.classList.add("slipped");
    return short;
  }

  function build() {
    built = true;
    const said = new Set();
    for (const block of document.querySelectorAll(BLOCKS)) {
      if (block.closest(ELSEWHERE) || block.querySelector("p, li")) continue;
      const names = [...block.querySelectorAll('a.num[href^="#figure-"]')].map(({ hash }) =>
        hash.slice("#figure-".length)
      )
        .filter((name) => !said.has(name) && said.add(name) && document.getElementById(`figure-${name}`));
      if (!names.length) continue;
      const aside = Object.assign(document.createElement("aside"), { className: "slips" });
      aside.setAttribute("aria-label", "How the numbers beside were worked out");
      aside.append(...names.map(slip));
      if (block.tagName === "P") block.before(aside);
      else block.prepend(aside);
    }
    for (const proof of document.querySelectorAll(".proof:not(.chart)")) {
      proof.classList.toggle("beside", !proof.querySelector(".derivation:not(.slipped)")); // all that it proves
    }
    casefile.whatIf?.adopt();
  }

  function follow() {
    if (!built && casefile.depth.now() !== "read") build();
  }
  addEventListener("casefile:depth", follow);
  follow();
})();
