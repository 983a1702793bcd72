// Runs packing.py inside Pyodide: node packing.mjs PYODIDE-FOLDER WHEELS TARGET GROUPS-AS-JSON
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, wheels, target, groups] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
const pyodide = await loadPyodide({ indexURL: folder, env: { PYTHONHASHSEED: "0" } });
for (const [place, path] of [["/python", folder], ["/wheels", wheels], ["/target", target]]) {
  pyodide.FS.mkdir(place);
  pyodide.mountNodeFS(place, path);
}
pyodide.runPython(readFileSync(new URL("packing.py", import.meta.url), "utf8"));
pyodide.globals.get("pack_all")(pyodide.toPy(JSON.parse(groups)), "/wheels", "/target");
const sent = pyodide.globals.get("sent")("/python", pyodide.toPy(["pyodide.asm.js", "pyodide.asm.wasm", "pyodide.js"])).toJs();
writeFileSync(`${target}/sent.json`, JSON.stringify(Object.fromEntries(sent)));
