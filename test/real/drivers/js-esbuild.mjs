// The package's command: it reads the module from its own folder and runs Go's JavaScript glue.
import { join } from "node:path";
import { packages, require } from "./load.mjs";

const inputs = process.env.REAL_INPUTS;
const command = join(packages, "esbuild-wasm/bin/esbuild");
process.argv = [process.argv[0], command, join(inputs, "bench.js"), "--minify", "--target=es2017"];
require(command);
