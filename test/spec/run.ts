// Runs sets of the specification's suite on the Node that runs this, and prints one JSON record for each set and
// transform: run.js --set wasm-v3,proposals/gc --transform plain,calls [--script NAME]
import { parseArgs } from "node:util";
import { listScripts, listSets } from "./suite.ts";
import { type Tally, tallySet } from "./tally.ts";
import { transforms } from "./transforms.ts";

const { values } = parseArgs({
  options: {
    set: { type: "string" },
    transform: { type: "string", default: [...transforms.keys()].join(",") },
    script: { type: "string" },
  },
});

const chosen = values.transform.split(",").map((name) => {
  const transform = transforms.get(name);
  if (transform === undefined) throw new Error(`no transform "${name}"`);
  return transform;
});
const runnable = chosen.filter(
  ({ needs }) => needs === undefined || WebAssembly.validate(needs.probe),
);
for (const set of values.set?.split(",") ?? listSets()) {
  const scripts = listScripts(set).filter(
    ({ name }) => values.script === undefined || name === values.script,
  );
  const tallies: readonly Tally[] = tallySet(set, scripts, runnable);
  for (const tally of tallies) console.log(JSON.stringify(tally));
}
