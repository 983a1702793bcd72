/* Entries of a bibliography by citeproc-js, the reference processor of CSL: records, style and locale come as JSON on the standard input. */
"use strict";
const CSL = require("citeproc");
const { style, locale, records } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const byId = Object.fromEntries(records.map((record) => [record.id, record]));
const engine = new CSL.Engine({ retrieveLocale: () => locale, retrieveItem: (name) => structuredClone(byId[name]) }, style);
engine.setOutputFormat("text");

/** One record as the only entry of a bibliography, as plain text: beside others its year would be told apart. */
function entry(id) {
  engine.updateItems([id]);
  return engine.makeBibliography()[1][0].trim();
}
process.stdout.write(JSON.stringify(records.map(({ id }) => entry(id))));
