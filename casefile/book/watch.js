/* Loads the page again when a build is done, and shows the line of one that failed. `casefile watch` alone serves this. */
(async () => {
  "use strict";

  const shown = new URL(document.currentScript.src).searchParams.get("round");
  const line = document.createElement("p");
  line.setAttribute("role", "alert");
  Object.assign(line.style, {
    position: "fixed",
    inset: "auto 0 0 0",
    margin: 0,
    padding: ".7rem 1rem",
    background: "#7a1120",
    color: "#fff",
    font: "16px/1.4 sans-serif",
    zIndex: 1000,
  });
  for (let round = shown;;) {
    try {
      const state = await (await fetch(`/casefile-watch?after=${round}`)).json();
      line.remove();
      if (state.failed) {
        line.textContent = state.failed;
        document.body.append(line);
      } else if (String(state.round) !== shown) {
        location.reload();
        return;
      }
      round = state.round;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1000)); // the server has stopped, or is not there yet
    }
  }
})();
