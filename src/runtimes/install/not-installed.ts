import type { Missing } from "../runtime.ts";

/** Says that a runtime, or a version of it, is not in the cache, and what to type. */
export function notInstalled(runtime: string, version: string | undefined): Missing {
  const name = version === undefined ? runtime : `${runtime}@${version}`;
  return {
    found: false,
    why: `${name} is not installed`,
    mend: `wasmscope runtimes install ${name}`,
  };
}
