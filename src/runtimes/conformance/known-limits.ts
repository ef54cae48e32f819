/** What a runtime is known not to do, by names of cases, with the reason; in one tier as `wazero:interpreter`. */
interface KnownLimit {
  readonly runtimes: readonly string[];
  readonly cases: RegExp;
  readonly why: string;
}

const limits: readonly KnownLimit[] = [
  {
    runtimes: ["wasmtime", "wasmtime-cli", "wasmi"],
    cases: /^ends with 255 /,
    why: "wasmtime's WASI refuses exit codes from 126 on, and wasmi has the same",
  },
  {
    runtimes: ["node", "deno", "bun"],
    cases: /^runs the start section first$/,
    why: "in JavaScript WASI gets the memory when there is an instance: behind the start section",
  },
  {
    runtimes: ["wasm2c", "wasmer"],
    cases: /^runs the start section first$/,
    why: "its WASI gets the memory behind the start section",
  },
  {
    runtimes: ["wazero:interpreter", "wasmi", "chicory:interpreter"],
    cases: /^calls itself 5000 times$/,
    why: "it goes a thousand or two of calls deep",
  },
  {
    runtimes: ["wasmi"],
    cases: /^hands over variables$/,
    why: "its command takes no empty values",
  },
  {
    runtimes: ["chicory"],
    cases: /^does the load renames/,
    why: "its WASI has no path_rename",
  },
  {
    runtimes: ["wasm2c", "wasm3"],
    cases: /^(gives back|calls a function)/,
    why: "its program runs _start only",
  },
];

/** Says why a runtime in a tier is known to fail a case; undefined where it is not. */
export function knownLimit(runtime: string, tier: string, name: string): string | undefined {
  const names = [runtime, `${runtime}:${tier}`];
  const isKnown = ({ runtimes, cases }: KnownLimit): boolean =>
    runtimes.some((each) => names.includes(each)) && cases.test(name);
  return limits.find(isKnown)?.why;
}
