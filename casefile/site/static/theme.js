// Light or dark: the reader's choice where one was made, else the system's. Runs before the page is drawn.
"use strict";
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const system = () => (dark.matches ? "dark" : "light");
  const kept = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage may be refused, as for files in some browsers
    }
  };
  const keep = (theme) => {
    try {
      if (theme === system()) localStorage.removeItem("theme");
      else localStorage.setItem("theme", theme);
    } catch {
      // the choice then holds for this page only
    }
  };
  const show = (theme) => {
    root.dataset.theme = theme;
    const button = document.querySelector(".theme-switch");
    if (button) button.textContent = theme === "dark" ? "Light page" : "Dark page";
  };
  const known = () => (["light", "dark"].includes(kept()) ? kept() : system());

  show(known());
  dark.addEventListener("change", () => show(known()));
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector(".theme-switch");
    button.hidden = false;
    show(known());
    button.addEventListener("click", () => {
      const theme = root.dataset.theme === "dark" ? "light" : "dark";
      keep(theme);
      show(theme);
    });
  });
})();
