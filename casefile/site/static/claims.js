/* Which claims a page shows: the choice by verdict stands in the address, and the way on from a claim leads to the next that is shown. */
"use strict";
(() => {
  const NAME = "verdict";
  const choices = [...document.querySelectorAll(".score input")], all = choices.find(({ value }) => value === "");
  const chosen = () => choices.find(({ checked }) => checked) ?? all;
  const told = Object.assign(document.createElement("p"), { className: "claims-shown" });
  told.setAttribute("role", "status");
  const cards = () => [...document.querySelectorAll(".ledger .claim")];

  /** Have the address say what is chosen. It takes no step of the way back, as the depth of a page takes none. */
  function write() {
    const query = new URLSearchParams(location.search), { value } = chosen();
    if (query.get(NAME) === (value || null)) return;
    if (value) query.set(NAME, value);
    else query.delete(NAME);
    history.replaceState(history.state, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
  }

  /** Say how many are shown and lead to the first, by the counts above: the claims themselves may be still on their way. */
  function tell(value, shown) {
    told.replaceChildren();
    if (!value) return;
    const count = chosen().closest("label").querySelector(".score-count").textContent;
    const first = Object.assign(document.createElement("a"), { textContent: "To the first" });
    if (shown.length) first.href = `#${shown[0].id}`;
    told.append(`Shown below: ${count} of ${document.querySelectorAll(".barcode li").length}, ${value}. `, first);
  }

  /** Lead from each claim to the next that is shown; from the last to none. */
  function lead() {
    const { value } = chosen(), shown = cards().filter(({ dataset }) => !value || dataset.verdict === value);
    shown.forEach((card, place) => {
      const link = card.querySelector(".claim-next"), following = shown[place + 1];
      if (!link) return; // after the last of all there is none, whatever is chosen
      link.hidden = !following;
      if (following) link.setAttribute("href", `#${following.id}`);
    });
    tell(value, shown);
  }

  /** A choice that leaves out the claim which the address names gives way to all. */
  function giveWay() {
    const named = document.getElementById(location.hash.slice(1)), card = named?.closest(".claim");
    if (!card || all.checked || card.checkVisibility()) return;
    all.checked = true;
    write();
    lead();
    named.scrollIntoView();
  }

  /** Choose what the address says; what is none of the choices is struck from it. */
  function read() {
    const asked = new URLSearchParams(location.search).get(NAME);
    (choices.find(({ value }) => value === asked?.toLowerCase()) ?? all).checked = true;
    write();
    lead();
  }

  if (!all) return;
  const group = all.closest("[role=radiogroup]");
  group.after(told);
  read(); // before the claims are drawn
  document.addEventListener("change", ({ target }) => {
    if (!choices.includes(target)) return;
    write();
    lead();
  });
  document.addEventListener("DOMContentLoaded", () => {
    lead();
    giveWay();
    if (chosen() !== all && !location.hash && !scrollY) group.scrollIntoView(); // what was asked for, and what it shows
  });
  // A browser brings back with a page which button was pressed on it: the address says it better.
  for (const event of ["pageshow", "popstate"]) {
    addEventListener(event, () => {
      read();
      giveWay();
    });
  }
  addEventListener("hashchange", giveWay);
  addEventListener("casefile:supposed", lead); // a parameter that moves may change a verdict
  document.addEventListener("click", ({ target }) => {
    const link = target.closest("a[href]"); // to go where the address is already is no change of it
    if (link?.hash && link.href === location.href) giveWay();
  });
})();
