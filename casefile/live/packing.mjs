// Runs packing.py and memory.py inside Pyodide: node packing.mjs PYODIDE-FOLDER WHEELS WORK TARGET LIBRARIES-AS-JSON CHAPTER
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, wheels, work, target, libraries, chapter] = process.argv.slice(2);
// What is remembered of the moment and of the machine would make each bundle another one.
Date.now = () => 1e12;
Object.defineProperty(performance, "now", { value: () => 0 });
crypto.getRandomValues = (view) => view.fill(1);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
const env = {
  PYTHONHASHSEED: "0",
  HOME: "/home",
  LANG: "C.UTF-8",
  TZ: "UTC",
  USER: "reader",
  LOGNAME: "reader",
  _: "python",
};
const python = (options) => loadPyodide({ indexURL: folder, env, _sysExecutable: "python", ...options });
const source = (name) => readFileSync(new URL(name, import.meta.url), "utf8");

const packer = await python({});
mkdirSync(join(work, "laid"));
for (
  const [place, path] of Object.entries({ "/python": folder, "/wheels": wheels, "/work": work, "/target": target })
) {
  packer.FS.mkdir(place);
  packer.mountNodeFS(place, path);
}
packer.runPython(source("packing.py"));
packer.runPython(`lay_out("/wheels", "/work/laid")`);

const reader = await python({ _makeSnapshot: true });
reader.runPython(source("memory.py"));
const packages = reader.globals.get("SITE_PACKAGES"), laid = join(work, "laid");
const put = (place, content) => {
  reader.FS.mkdirTree(place.slice(0, place.lastIndexOf("/")));
  reader.FS.writeFile(place, content);
};
const files = readdirSync(laid, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
for (const path of files.map((one) => join(one.parentPath ?? one.path, one.name)).sort()) {
  put(`${packages}/${relative(laid, path)}`, readFileSync(path));
}
for (const [path, text] of Object.entries(JSON.parse(readFileSync(join(work, "texts.json"), "utf8")))) {
  put(path.startsWith("casefile/") ? `${packages}/${path}` : path.replace("story/", "/template/"), text); // what is known of a story is kept by its folder
}
reader.runPython(`fill(${libraries}, "/template", "${chapter}")`);
const held = reader.runPython("held()");
const { LDSO, HEAPU32 } = reader._module;
// Where memory says that an extension's functions stand: `dso` of Emscripten's dynlink.h, the table's part at its byte 20.
const extensions = Object.entries(LDSO.loadedLibsByHandle).map(([handle, { name }]) => ({
  name,
  handle: Number(handle),
  table: HEAPU32[(Number(handle) + 20) >> 2],
}))
  .filter(({ handle }) => handle).sort((one, other) => one.table - other.table);
writeFileSync(join(work, "memory"), reader.makeMemorySnapshot());
writeFileSync(join(work, "extensions.json"), JSON.stringify(extensions));
packer.globals.set("held", held);
packer.globals.set("names", JSON.stringify(extensions.map(({ name }) => relative(packages, name))));
packer.runPython(`pack("/work/laid", "/work", json.loads(held), json.loads(names), "/target")`);
writeFileSync(
  join(target, "sent.json"),
  packer.runPython(`json.dumps(sent("/python", ["pyodide.asm.js", "pyodide.asm.wasm", "pyodide.js"]))`),
);
