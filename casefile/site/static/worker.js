/* Runs a chapter's own notebook: Python for WebAssembly with the libraries that chapters import, each file held against its
   hash before it is used. It answers one question at a time and asks nothing of another host. */
"use strict";
const ROOT = new URL("../live/", self.location.href);
const tell = (said) => self.postMessage(said);
const FIRST = 2; // archives that are asked for as urgently as Python itself
const plain = self.fetch.bind(self);

/** A file of the bundle, checked by the browser against the hash that the list gives it. */
async function fetched({ path, name, integrity }, priority) {
  try {
    const answer = await plain(new URL(path, ROOT), { integrity, priority });
    return await answer.arrayBuffer();
  } catch {
    throw new Error(`the file ${name} is not there, or is not the published one`);
  }
}

/** The files of an archive, as `packing.py` makes one: each with its path and its bytes. */
async function opened(content) {
  const whole = await new Response(new Blob([content]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  const length = new DataView(whole).getUint32(0, true);
  let place = 4 + length;
  return JSON.parse(new TextDecoder().decode(new Uint8Array(whole, 4, length)))
    .map(([path, bytes]) => [path, new Uint8Array(whole, (place += bytes) - bytes, bytes)]);
}

/** Lay out files in a folder of Python's; their bytes are not copied. */
function lay(FS, folder, files) {
  const made = new Set();
  for (const [path, content] of files) {
    const place = `${folder}/${path}`, parent = place.slice(0, place.lastIndexOf("/"));
    if (!made.has(parent)) FS.mkdirTree(parent);
    made.add(parent);
    FS.writeFile(place, content, { canOwn: true });
  }
}

async function listed() {
  let list;
  try {
    const answer = await plain(new URL("bundle.json", ROOT), { cache: "no-cache" });
    list = answer.ok ? await answer.json() : null;
  } catch {
    throw new Error("what lists its files cannot be read");
  }
  if (!list) throw new Error("this site was built without it");
  return list;
}

/** Python, ready with the story's notebooks; what takes long is told. */
async function start() {
  try {
    new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)); // the smallest there is
  } catch {
    throw new Error("this browser, or a policy of its host, lets no WebAssembly run");
  }
  const { python, libraries, story } = await listed();
  const files = [...python, ...libraries, ...story], total = files.reduce((sum, { sent }) => sum + sent, 0);
  let come = 0;
  tell({ phase: "fetching", come, total });
  const bring = async (file, place = 0) => {
    const content = await fetched(file, place < FIRST ? "high" : "low"); // those first that the next step needs
    come += file.sent;
    tell({ phase: "fetching", come, total });
    return content;
  };
  const core = new Map(python.map((file) => [new URL(file.path, ROOT).href, { ...file, content: bring(file) }]));
  const rest = libraries.map((file, place) => [file.name, bring(file, place).then(opened)]);
  const told = Promise.all(story.map((file) => bring(file, FIRST)));
  for (const one of [...rest.map(([, files]) => files), told]) one.catch(() => {}); // told below, when it is waited for
  await Promise.all([...core.values()].map(({ content }) => content));
  const kinds = { wasm: "application/wasm", json: "application/json" };
  self.fetch = async (address, options) => { // what Pyodide asks for is there already
    const file = core.get(new URL(address, self.location.href).href);
    return file ? new Response(await file.content, { headers: { "content-type": kinds[file.name.split(".").pop()] ?? "application/octet-stream" } }) : plain(address, options);
  };
  const loader = [...core.keys()].find((address) => address.endsWith("/pyodide.js"));
  importScripts(loader);
  tell({ phase: "starting" });
  const pyodide = await self.loadPyodide({ indexURL: new URL(".", loader).href, env: { PYTHONHASHSEED: "0", HOME: "/home" } });
  const packages = pyodide.runPython("import sysconfig; sysconfig.get_path('purelib')");
  for (const [name, files] of rest) { // what is here is imported while the rest is on its way
    lay(pyodide.FS, packages, await files);
    pyodide.runPython(`import importlib; importlib.invalidate_caches(); import ${name}`);
  }
  const texts = (await told).flatMap((content) => Object.entries(JSON.parse(new TextDecoder().decode(content))));
  const folders = { casefile: packages, story: "" };
  for (const [kind, folder] of Object.entries(folders)) lay(pyodide.FS, folder, texts.filter(([path]) => path.startsWith(`${kind}/`)));
  return pyodide.runPython(`
import importlib
importlib.invalidate_caches()
import jsonschema
# Vega-Lite's schema, the one that is read here, calls no part by an id; to look for some takes a third of a first run.
jsonschema.RefResolver._find_in_subschemas = lambda self, url: None
from casefile.live import reply
reply.Answerer().answer`);
}

/** An error in one line: of Python's many lines, the one that names it. */
const said = ({ message }) => message.trim().split("\n").findLast((line) => /^[\w.]*(Error|Exception|Warning|Exit|Interrupt)\b/.test(line)) ?? message.trim().split("\n")[0];

let ready;
self.onmessage = async ({ data: { id, question } }) => {
  try {
    ready ??= start();
    const answer = await ready;
    if (!question) return; // only to be ready
    tell({ phase: "running" });
    tell({ id, answer: answer(question, (chapter) => tell({ phase: "running", chapter })) });
  } catch (error) {
    ready = undefined;
    tell({ id, failed: said(error) });
  }
};
