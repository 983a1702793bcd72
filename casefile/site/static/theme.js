// Light or dark, and how deep the page goes: the reader's choices where they were made. Runs before the page is drawn.
"use strict";
globalThis.casefile ??= {};
casefile.here = document.currentScript.src;

// From a folder a browser refuses to fetch fonts with the page: there they are taken when they come, late as it may be.
if (!location.protocol.startsWith("http")) {
  const FONTS = [["serif", "Casefile Serif", "normal"], ["sans", "Casefile Sans", "normal"], [
    "serif-italic",
    "Casefile Serif",
    "italic",
  ]];
  for (const [font, family, style] of FONTS) {
    for (const letters of ["-more", ""]) {
      const address = new URL(`fonts/${font}${letters}.woff2`, casefile.here).href;
      document.fonts.add(new FontFace(family, `url("${address}")`, { style, weight: "400 700", display: "block" }));
    }
  }
}

casefile.depth = (() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const DEPTHS = ["read", "check", "code"];
  const kept = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null; // storage may be refused, as for files in some browsers
    }
  };
  const keep = (name, value) => {
    try {
      if (value === null) localStorage.removeItem(name);
      else localStorage.setItem(name, value);
    } catch {
      // the choice then holds for this page only
    }
  };

  // -------------------------------------------------------------------------------------------------------- light, dark

  const system = () => (dark.matches ? "dark" : "light");
  const show = (theme) => {
    root.dataset.theme = theme;
    const button = document.querySelector(".theme-switch");
    if (button) button.setAttribute("aria-label", theme === "dark" ? "Light page" : "Dark page");
  };
  const known = () => (["light", "dark"].includes(kept("theme")) ? kept("theme") : system());
  show(known());
  dark.addEventListener("change", () => show(known()));

  // ------------------------------------------------------------------------------------------------------------- depth

  const asked = new URLSearchParams(location.search).get("depth");
  const leadsToProof = /^#(figure|chart)-/.test(location.hash);
  root.dataset.depth = DEPTHS.find((depth) => depth === asked) ?? DEPTHS.find((depth) => depth === kept("depth")) ??
    "read";
  if (leadsToProof && root.dataset.depth === "read") root.dataset.depth = "check"; // what is linked to is seen

  /** The part of the page that the address names; `:target` matches nothing before a page has come. */
  const named = () => document.getElementById(location.hash.slice(1));

  /** What stays where it is when the depth changes, the best first: what the address names, else what begins or stands at the top of the screen. */
  function marks() {
    const header = Math.max(0, document.querySelector(".site-header").getBoundingClientRect().bottom);
    const texts = [...document.querySelectorAll(".bd-article :is(h1, h2, h3, p, dt)")];
    const seen = (one) => {
      const { top, bottom } = one.getBoundingClientRect();
      return bottom > header && top < innerHeight && one.checkVisibility();
    };
    const inSight = [named(), ...texts].filter((one) => one && seen(one));
    const [first] = inSight, begun = inSight.filter((one) => one.getBoundingClientRect().top >= header);
    return first === named() ? inSight : [...begun, ...inSight];
  }

  /** Show the page at a depth; what is read stays where it is. */
  function go(depth) {
    const places = marks().map((one) => [one, one.getBoundingClientRect().top]);
    root.dataset.depth = depth;
    draw();
    const [mark, before] = places.find(([one]) => one.checkVisibility()) ?? [];
    if (mark) scrollBy({ top: mark.getBoundingClientRect().top - before, behavior: "instant" });
  }

  function draw() {
    const depth = root.dataset.depth;
    for (const button of document.querySelectorAll(".depths button")) {
      button.setAttribute("aria-pressed", String(button.dataset.depth === depth));
    }
    for (const fold of document.querySelectorAll(".proof")) fold.open = depth !== "read";
    for (const fold of document.querySelectorAll("details.above-input")) fold.open = depth === "code";
    for (const fold of document.querySelectorAll(".claim-proof, .claim-rule, .all-figures")) {
      const shown = depth === "code" || (depth === "check" && fold.matches(".claim-proof"));
      if (shown || fold.dataset.opened) fold.open = shown;
      if (shown) fold.dataset.opened = "true";
    }
    dispatchEvent(new CustomEvent("casefile:depth", { detail: depth }));
  }

  /** What an address names is seen: what is folded in it opens. */
  const unfold = () => {
    for (const fold of named()?.querySelectorAll(":scope > :is(.fold, .claim-proof)") ?? []) fold.open = true;
  };
  addEventListener("hashchange", unfold);
  document.addEventListener("click", ({ target }) => {
    const link = target.closest("a[href]"); // to go where the address is already is no change of it
    if (link?.hash && link.href === location.href) unfold();
  });

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector(".theme-switch");
    show(known());
    button.addEventListener("click", () => {
      const theme = root.dataset.theme === "dark" ? "light" : "dark";
      keep("theme", theme === system() ? null : theme);
      show(theme);
    });
    const depths = document.querySelector(".depths");
    depths?.addEventListener("click", ({ target }) => {
      const depth = target.closest("button")?.dataset.depth;
      if (!depth) return;
      keep("depth", depth === "read" ? null : depth);
      const query = new URLSearchParams(location.search);
      if (depth === "read") query.delete("depth");
      else query.set("depth", depth);
      history.replaceState(history.state, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
      go(depth);
    });
    draw();
    unfold();

    // A heading's sign copies its address.
    document.addEventListener("click", async (event) => {
      const link = event.target.closest(".headerlink");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      try {
        await navigator.clipboard.writeText(link.href);
        link.dataset.said = "Link copied";
        setTimeout(() => delete link.dataset.said, 1500);
      } catch {
        // the address then stands in the address bar
      }
    });
    // Results stand below the field while a reader types; what finds them is fetched when the field is reached.
    document.querySelector(".site-search input")?.addEventListener("focus", () => {
      for (const name of ["search-index.js", "finding.js"]) {
        document.head.append(
          Object.assign(document.createElement("script"), { async: false, src: new URL(name, casefile.here).href }),
        );
      }
    }, { once: true });
    // A stroke opens the search, as it does elsewhere.
    document.addEventListener("keydown", (event) => {
      if (
        event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey ||
        event.target.matches("input, select, textarea")
      ) return;
      const field = document.querySelector(".site-search input, #search-words");
      event.preventDefault();
      if (field?.checkVisibility()) field.focus();
      else location.assign(document.querySelector(".search-link a").href);
    });
  });

  return { go, now: () => root.dataset.depth };
})();
