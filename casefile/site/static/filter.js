// Narrows a long list to the entries that hold every word typed. Without this script the list is simply whole, and folded.
"use strict";
document.querySelectorAll("input[data-filter]").forEach((input) => {
  const told = input.closest("p").querySelector("output");
  const entries = [...document.querySelectorAll(input.dataset.filter)];
  const groups = [...new Set(entries.map((entry) => entry.closest("section")))];
  const folds = new Map(); // how each was, before words opened them all
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const texts = entries.map((entry) => plain(`${entry.textContent} ${entry.id}`));
  input.addEventListener("input", () => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    entries.forEach((entry, place) => {
      entry.hidden = !words.every((word) => texts[place].includes(word));
      if (!entry.hidden) shown += 1;
    });
    groups.forEach((group) => {
      const fold = group.querySelector(".fold");
      if (words.length && !folds.has(fold)) folds.set(fold, fold.open);
      fold.open = words.length > 0 || (folds.get(fold) ?? fold.open);
      if (!words.length) folds.delete(fold);
      group.hidden = [...group.querySelectorAll(input.dataset.filter)].every((entry) => entry.hidden);
    });
    document.documentElement.classList.toggle("narrowed", words.length > 0);
    told.textContent = words.length ? `${shown} of ${entries.length}` : "";
  });
});
