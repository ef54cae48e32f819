import { join } from "node:path";
import { findBuilt } from "../install/built.ts";
import { installFromMaven } from "../install/maven.ts";
import { whereIs } from "../../sys/index.ts";
import type { Found, LaunchedBy, Missing, Runtime, RunJob, Tier } from "../runtime.ts";

const built = { runtime: "chicory", sources: ["hosts/chicory"], program: "" } as const;

/** Chicory, WebAssembly on the JVM: a program of ours around its libraries, with its own WASI. */
export const chicory: Runtime = {
  name: "chicory",
  title: "Chicory on the JVM (Maven: com.dylibso.chicory), with its own WASI",
  family: "JVM",
  tiers: [
    { name: "compiler", title: "translated to bytecode, which the JVM compiles", kind: "tiered" },
    { name: "interpreter", title: "its interpreter, which the JVM compiles", kind: "interpreter" },
  ],
  find: (version) => Promise.resolve(find(version)),
  async install(version, say) {
    await installFromMaven(built, { property: "chicory.version", version }, say);
  },
  command: (found, tier, job) => launchedBy(found, tier, job),
  host: (found, tier) => launchedBy(found, tier),
};

function find(version: string | undefined): Found | Missing {
  if (whereIs("java") !== undefined) return findBuilt(built, version);
  const mend = "apt-get install default-jdk-headless";
  return { found: false, why: "no java is on the PATH", mend };
}

function launchedBy({ path, version }: Found, { name }: Tier, job?: RunJob): LaunchedBy {
  const classPath = `${join(path, "classes")}:${join(path, "lib", "*")}`;
  return {
    file: "java",
    args: [
      "-cp",
      classPath,
      "Host",
      ...(name === "compiler" ? ["--compiler"] : []),
      "--version",
      version,
      ...(job === undefined ? [] : ["--once", JSON.stringify(job)]),
    ],
  };
}
