// Makes the built command executable: `npx` links to it in this repository and gives it that mode only once, at the
// first installation, so that every later build would break it.
import { chmodSync } from "node:fs";

chmodSync("dist/cli/main.js", 0o755);
