import type { RunJob } from "../runtime.ts";

/** Writes a job as our programs in C take it (`hosts/wasi/options.h`). */
export function programOptions({ args, env, dirs }: RunJob): string[] {
  return [
    ...dirs.flatMap(({ host, guest }) => ["--dir", `${host}::${guest}`]),
    ...Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    "--",
    ...args,
  ];
}
