/* Runs a chapter's own notebook: Python for WebAssembly with the libraries that chapters import, each file held against its
   hash before it is used. It answers one question at a time and asks nothing of another host. */
"use strict";
const ROOT = new URL("../live/", self.location.href);
const tell = (said) => self.postMessage(said);
const PACKAGES = "/lib/python3.12/site-packages"; // where Python's memory has them
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

/** Give extensions their functions where Python's memory, which is laid in already, looks for them. */
function extend(module, extensions, code) {
  for (const { name, handle } of extensions) {
    const flags = { global: false, nodelete: true };
    Object.assign(module.newDSO(name, handle, module.loadWebAssemblyModule(code.get(name), flags, name, {}, handle)), { global: false });
  }
}

/** Python, ready with the story's notebooks; what takes long is told. */
async function start() {
  try {
    new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)); // the smallest there is
  } catch {
    throw new Error("this browser, or a policy of its host, lets no WebAssembly run");
  }
  if (!self.DecompressionStream) throw new Error("this browser is too old to open its files");
  const { python, libraries, later, story } = await listed();
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
  const here = Promise.all(libraries.map((file) => bring(file).then(opened)));
  const told = Promise.all(story.map(bring));
  for (const one of [here, told]) one.catch(() => {}); // told below, when it is waited for
  await Promise.all([...core.values()].map(({ content }) => content));
  const kinds = { wasm: "application/wasm", json: "application/json" };
  self.fetch = async (address, options) => { // what Pyodide asks for is there already
    const file = core.get(new URL(address, self.location.href).href);
    return file ? new Response(await file.content, { headers: { "content-type": kinds[file.name.split(".").pop()] ?? "application/octet-stream" } }) : plain(address, options);
  };
  const address = (name) => [...core.keys()].find((one) => one.endsWith(`/${name}`));
  importScripts(address("pyodide.asm.js"), address("pyodide.js"));
  tell({ phase: "starting" });
  const laid = new Map((await here).flat()), memory = laid.get("memory");
  const extensions = JSON.parse(new TextDecoder().decode(laid.get("extensions.json")));
  const create = self._createPyodideModule;
  self._createPyodideModule = async (settings) => {
    const module = await create(settings);
    module.HEAP8.set(memory.subarray(new DataView(memory.buffer, memory.byteOffset).getUint32(4, true))); // behind its head
    extend(module, extensions, new Map(extensions.map(({ name }) => [name, laid.get(name.slice(PACKAGES.length + 1))])));
    return module; // and Pyodide lays the memory in once more, over what the extensions began with
  };
  const pyodide = await self.loadPyodide({ indexURL: new URL(".", address("pyodide.js")).href, _loadSnapshot: memory });
  lay(pyodide.FS, PACKAGES, [...laid].filter(([path]) => !path.endsWith(".so") && !(path in { memory, "extensions.json": 0 })));
  const texts = (await told).flatMap((content) => Object.entries(JSON.parse(new TextDecoder().decode(content))));
  const folders = { casefile: PACKAGES, story: "" };
  for (const [kind, folder] of Object.entries(folders)) lay(pyodide.FS, folder, texts.filter(([path]) => path.startsWith(`${kind}/`)));
  let rest = later; // what no chapter asked for yet
  const attempt = async (doing) => {
    try {
      return doing();
    } catch (error) {
      if (error.type !== "NotHere" || !rest) throw error;
      for (const files of await Promise.all(rest.map((file) => fetched(file).then(opened)))) lay(pyodide.FS, PACKAGES, files);
      rest = undefined;
      pyodide.runPython("complete()");
      return doing();
    }
  };
  const answer = await attempt(() => pyodide.runPython("answerer()"));
  return (question, tell) => attempt(() => answer(question, tell));
}

/** An error in one line: of Python's many lines, the one that names it. */
function said({ name, type, message }) {
  if (type === "MemoryError" || (/^(Range|Internal)Error$/.test(name) && /memory|alloc/i.test(message))) return "this device has not enough memory for it";
  const lines = message.trim().split("\n");
  return lines.findLast((line) => /^[\w.]*(Error|Exception|Warning|Exit|Interrupt)\b/.test(line)) ?? lines[0];
}

let ready;
self.onmessage = async ({ data: { id, question } }) => {
  try {
    ready ??= start();
    const answer = await ready;
    if (!question) return; // only to be ready
    tell({ phase: "running" });
    tell({ id, answer: await answer(question, (chapter) => tell({ phase: "running", chapter })) });
  } catch (error) {
    ready = undefined;
    tell({ id, failed: said(error) });
  }
};
