/* Runs a chapter's own notebook: Python for WebAssembly with the libraries that chapters import, each file held against its
   hash before it is used. It answers one question at a time and asks nothing of another host. */
"use strict";
const ROOT = new URL("../live/", self.location.href);
const tell = (said) => self.postMessage(said);
const plain = self.fetch.bind(self);

/** A file of the bundle, checked by the browser against the hash that the list gives it. */
async function fetched({ path, name, integrity }) {
  try {
    const answer = await plain(new URL(path, ROOT), { integrity });
    return await answer.arrayBuffer();
  } catch {
    throw new Error(`the file ${name} is not there, or is not the published one`);
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
  const bring = async (file) => {
    const content = await fetched(file);
    come += file.sent;
    tell({ phase: "fetching", come, total });
    return content;
  };
  const core = new Map(python.map((file) => [new URL(file.path, ROOT).href, { ...file, content: bring(file) }]));
  const rest = Promise.all([...libraries, ...story].map(bring));
  rest.catch(() => {}); // told below, when it is waited for
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
  const archives = await rest;
  const packages = pyodide.runPython("import sysconfig; sysconfig.get_path('purelib')");
  const text = new TextDecoder().decode(archives.pop());
  for (const archive of archives) pyodide.unpackArchive(archive, "zip", { extractDir: packages });
  pyodide.globals.set("files", text);
  return pyodide.runPython(`
import json, pathlib, sys
files = json.loads(files)
packages = pathlib.Path(${JSON.stringify(packages)})
for name in [name for name in files if name.startswith("casefile/")]:
    path = packages / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(files[name], encoding="utf-8")
from casefile.live import reply
reply.unpack(files, packages)
reply.Answerer().answer`);
}

/** An error in one line: of Python's many lines, the one that names it. */
const said = ({ message }) => message.trim().split("\n").findLast((line) => /^[\w.]*(Error|Exception|Warning)\b/.test(line)) ?? message.trim().split("\n")[0];

let ready;
self.onmessage = async ({ data: { id, question } }) => {
  try {
    ready ??= start();
    const answer = await ready;
    tell({ phase: "running" });
    tell({ id, answer: answer(question, (chapter) => tell({ phase: "running", chapter })) });
  } catch (error) {
    ready = undefined;
    tell({ id, failed: said(error) });
  }
};
