import { HostError } from "../engine.ts";
import { cString, cStrings } from "../foreign.ts";
import type { RunRequest } from "../protocol.ts";
import { pinned } from "./api.ts";
import type { Api } from "./api.ts";

type Given = Pick<RunRequest, "args" | "env" | "dirs" | "stdin" | "stdout" | "stderr">;

/** Makes a `wasi_config_t` of what a guest is given. Throws a `HostError` for files that cannot be opened. */
export function makeWasi({ library, functions: f, mayWrite }: Api, given: Given): unknown {
  const wasi = f.wasi_config_new();
  const { args, env, dirs } = given;
  const argv = cStrings(args, library);
  f.wasi_config_set_argv(wasi, args.length, argv.array);
  const names = cStrings(Object.keys(env), library);
  const values = cStrings(Object.values(env), library);
  f.wasi_config_set_env(wasi, Object.keys(env).length, names.array, values.array);
  pinned(argv, names, values);
  for (const name of ["stdin", "stdout", "stderr"] as const) {
    const path = given[name] ?? "/dev/null";
    if (path === "inherit") f[`wasi_config_inherit_${name}`](wasi);
    else if (f[`wasi_config_set_${name}_file`](wasi, cString(path)) !== true) {
      throw new HostError("internal", `wasmtime cannot open ${path}`);
    }
  }
  for (const { host, guest } of dirs) {
    const [from, as] = [cString(host), cString(guest)];
    if (f.wasi_config_preopen_dir(wasi, from, as, mayWrite, mayWrite) !== true) {
      throw new HostError("internal", `wasmtime cannot open the folder ${host}`);
    }
  }
  return wasi;
}
