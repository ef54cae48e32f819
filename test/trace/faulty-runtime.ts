import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { ObservedRuntime } from "../../src/trace/index.ts";
import { root } from "../root.ts";

const source = join(root, "test/trace/faults");

/** What can be wrong with it; its program's own list has the same. */
export const faults = [
  "extra-syscall",
  "copy",
  "thread-hop",
  "sleep",
  "quadratic-listing",
  "tiny-reads",
  "flush",
  "early-wake",
] as const;

/** One of them. */
export type Fault = (typeof faults)[number];

/** Builds the runtime with faults, once for each state of its source; gives its path, or why it cannot be built. */
export function buildFaulty(): { readonly path: string } | { readonly why: string } {
  const hash = createHash("sha256");
  for (const name of readdirSync(source).toSorted()) hash.update(readFileSync(join(source, name)));
  const folder = join(root, ".cache/wazero-faults");
  const path = join(folder, hash.digest("hex").slice(0, 16));
  if (existsSync(path)) return { path };
  mkdirSync(folder, { recursive: true });
  const made = `${path}.${process.pid}`;
  const env = { ...process.env, GOFLAGS: "", GOWORK: "off", CGO_ENABLED: "0" };
  const { status, error, stderr } = spawnSync("go", ["build", "-trimpath", "-o", made, "."], {
    cwd: source,
    env,
    encoding: "utf8",
  });
  if (error !== undefined) return { why: "no Go on the PATH: install Go 1.25" };
  if (status !== 0) throw new Error(`the runtime with faults was not built: ${stderr}`);
  renameSync(made, path);
  return { path };
}

/** Makes a row of the table of runtimes: wazero, with a fault or none. */
export function faultyRuntime(path: string, fault: Fault | undefined): ObservedRuntime {
  const tier = { name: fault ?? "none", title: "a fault", kind: "compiler" } as const;
  const found = { found: true, version: "0", path } as const;
  return {
    runtime: {
      name: "wazero",
      title: "wazero with a fault",
      family: "wazero",
      tiers: [tier],
      find: () => Promise.resolve(found),
      command: (_, __, { module, args, dirs }) => ({
        file: path,
        args: [
          ...(fault === undefined ? [] : ["-fault", fault]),
          ...dirs.flatMap(({ host, guest }) => ["-mount", `${host}:${guest}`]),
          module,
          ...args.slice(1),
        ],
      }),
    },
    found,
    tier,
  };
}
