// What every driver needs: its package's folder, the inputs, and a digest for results that are bytes.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export const packages = process.env.REAL_PACKAGES;
export const require = createRequire(join(packages, "driver.cjs"));
export const input = (name) => readFileSync(join(process.env.REAL_INPUTS, name), "utf8");
export const bytesOf = (...path) => readFileSync(join(packages, ...path));
export const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");
