import { wat } from "../oracle/wat.ts";

/** Twelve functions of WASI's, with their parameters and what they are given: folder 3 is the one that is given. */
const calls: readonly (readonly [
  name: string,
  params: string,
  args: readonly (number | bigint)[],
])[] = [
  ["args_sizes_get", "ii", [1000, 1004]],
  ["environ_sizes_get", "ii", [1000, 1004]],
  ["clock_res_get", "ii", [1, 1000]],
  ["clock_time_get", "iIi", [1, 0n, 1000]],
  ["random_get", "ii", [1000, 8]],
  ["sched_yield", "", []],
  ["fd_fdstat_get", "ii", [1, 1000]],
  ["fd_filestat_get", "ii", [1, 1000]],
  ["fd_prestat_get", "ii", [3, 1000]],
  ["path_filestat_get", "iiiii", [3, 0, 32, 1, 1000]],
  ["fd_seek", "iIii", [99, 0n, 0, 1000]],
  ["fd_write", "iiii", [1, 16, 1, 1000]],
];

/** Names of the functions that `callsGuest` calls. */
export const calledFunctions: readonly string[] = calls.map(([name]) => name);

/**
 * Makes a WASI command that calls each of twelve functions so often: it writes as many dots to its output. Half way its
 * memory grows, which some runtimes move then.
 */
export function callsGuest(times: number): Uint8Array {
  const types = calls.map(([, params]) =>
    params === ""
      ? ""
      : `(param ${params
          .split("")
          .map((letter) => (letter === "I" ? "i64" : "i32"))
          .join(" ")})`,
  );
  const imports = calls.map(
    ([name], nth) =>
      `(import "wasi_snapshot_preview1" "${name}" (func $${name} ${types[nth]} (result i32)))`,
  );
  const code = calls.map(([name, , args]) => {
    const given = args.map((arg) => `(${typeof arg === "bigint" ? "i64" : "i32"}.const ${arg})`);
    return `(drop (call $${name} ${given.join(" ")}))`;
  });
  return wat(`(module
    ${imports.join("\n")}
    (memory (export "memory") 1)
    (data (i32.const 16) "\\20\\00\\00\\00\\01\\00\\00\\00")
    (data (i32.const 32) ".")
    (func (export "_start") (local $left i32)
      (local.set $left (i32.const ${times}))
      (loop
        ${code.join("\n")}
        (if (i32.eq (local.get $left) (i32.const ${times >> 1}))
          (then (drop (memory.grow (i32.const 9)))))
        (br_if 0 (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))`);
}
