/* What Zotero saves of pages: its own COinS translator, run on the spans of each page. Takes the folders of zotero/translators and
   zotero/utilities; pages come as lists of spans' titles in JSON on the standard input. */
"use strict";
const fs = require("node:fs"), path = require("node:path"), vm = require("node:vm");
const [translators, utilities] = process.argv.slice(2);
const pages = JSON.parse(fs.readFileSync(0, "utf8"));

/** The items that the translator makes of a page's spans, all of its list chosen. */
function saved(titles) {
  const items = [];
  class Item {
    creators = []; attachments = []; notes = []; tags = []; seeAlso = [];
    complete() { items.push(this); }
  }
  const Zotero = { Item, Utilities: { Item: { itemTypeExists: () => true } }, debug() {}, wait() {}, done() {}, selectItems: (list, chosen) => chosen({ ...list }) };
  const context = vm.createContext({ Zotero, Z: Zotero, decodeURIComponent, console });
  vm.runInContext(fs.readFileSync(path.join(utilities, "openurl.js"), "utf8"), context);
  Zotero.Utilities.parseContextObject = Zotero.OpenURL.parseContextObject;
  const [, code] = /^\{[\s\S]*?\n\}\s([\s\S]*)$/.exec(fs.readFileSync(path.join(translators, "COinS.js"), "utf8"));
  context.doc = { querySelectorAll: () => titles.map((title) => ({ title })) };
  vm.runInContext(`${code}\n;if (detectWeb(doc)) doWeb(doc);`, context);
  return items.map(({ itemType, title, creators, publicationTitle, date, edition, url }) => ({ itemType, title, creators, publicationTitle, date, edition, url }));
}
process.stdout.write(JSON.stringify(pages.map(saved)));
