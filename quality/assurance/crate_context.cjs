/* The vocabulary of RO-Crate that stands at an address, as the npm package of its tools carries it. The address comes as JSON on the standard input. */
"use strict";
const { standardContexts } = require("ro-crate/lib/defaults");
const address = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
if (!standardContexts[address]) throw new Error(`no vocabulary of ${address}; there are ${Object.keys(standardContexts)}`);
process.stdout.write(JSON.stringify(standardContexts[address]));
