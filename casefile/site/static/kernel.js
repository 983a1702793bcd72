/* What runs a chapter's notebook beside its page: a worker that is started when it is first asked, answers one question after the other, and can be ended. */
"use strict";
casefile.kernel = (() => {
  const here = document.currentScript.src;
  let worker, asking = 0, told = () => {};
  const waiting = new Map();

  function begin() {
    if (worker) return;
    worker = new Worker(new URL("worker.js", here));
    worker.onmessage = ({ data }) => {
      if (data.id === undefined) return told(data);
      const done = waiting.get(data.id);
      waiting.delete(data.id);
      done?.(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      end("it could not be started");
    };
  }

  function end(why) {
    worker?.terminate();
    worker = undefined;
    for (const [id, done] of waiting) {
      waiting.delete(id);
      done({ failed: why });
    }
  }

  /** Make it ready, where it does not run yet; whether it is on its way. */
  function prepare() {
    if (worker) return false;
    try {
      begin();
    } catch {
      return false;
    } // told when a value is asked for
    worker.postMessage({ id: ++asking });
    return true;
  }

  /** What came of a question: what the notebook publishes under some overrides, or why it does not. */
  async function ask(question) {
    try {
      begin();
    } catch {
      return {
        failed: location.protocol === "file:"
          ? "a page opened as a file may start none"
          : "this browser starts none for this page",
      };
    }
    const id = ++asking;
    const { failed, answer } = await new Promise((resolve) => {
      waiting.set(id, resolve);
      worker.postMessage({ id, question: JSON.stringify({ chapter: casefile.page.chapter, ...question }) });
    });
    if (!failed) return JSON.parse(answer);
    end(failed);
    return { failed };
  }

  return {
    ask,
    end,
    prepare,
    runs: () => Boolean(worker),
    tell: (listener) => {
      told = listener;
    },
  };
})();
