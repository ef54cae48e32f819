// Runs the driver of a real program with its module profiled by `interceptInstantiation`, and writes the profile:
// `node run-embedded.js ROW.json MODE PROFILE.json`. MODE may be `auto` for what is chosen by itself.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { interceptInstantiation } from "../../src/embed/index.ts";
import type { EmbedMode } from "../../src/embed/index.ts";
import { formatOf } from "../../src/profile/index.ts";
import { cache } from "../real/manifest.ts";
import type { Row } from "../real/manifest.ts";
import { root } from "../root.ts";

const [rowJson = "", mode = "", output = ""] = process.argv.slice(2);
const row: Row = JSON.parse(rowJson);
const bytes = readFileSync(join(cache, row.file));
const scope = interceptInstantiation({
  filter: (module) => Buffer.compare(module, bytes) === 0,
  ...(mode === "auto" ? {} : { mode: mode as EmbedMode }),
});
process.env["REAL_PACKAGES"] = join(cache, row.packages ?? "");
process.env["REAL_INPUTS"] = join(cache, "inputs");
await import(pathToFileURL(join(root, "test/real/drivers", row.driver!)).href);
const [profile] = scope.profiles();
writeFileSync(output, formatOf("x.json")!.write(profile!));
