import type { EmbedMode, EmbedOptions, ProfiledModule } from "../../src/embed/index.ts";
import type { Profile } from "../../src/profile/index.ts";

/** What a host that calls a module, and is called by it, sees; in Node and in a page. */
export class EmbeddingHost {
  readonly log: unknown[] = [];
  readonly around: <T>(call: () => T) => T;
  #exports: WebAssembly.Exports = {};

  /** @param around Is given each call into the module. */
  constructor(around: <T>(call: () => T) => T = (call) => call()) {
    this.around = around;
  }

  get imports(): WebAssembly.Imports {
    return {
      env: {
        log: (value: number) => void this.log.push(value),
        // Calls back, and goes on after a trap in there.
        again: (value: number): number => {
          try {
            return this.call("divide", value) as number;
          } catch {
            return -1;
          }
        },
        throws: () => {
          throw new Error("thrown by the host");
        },
      },
    };
  }

  call(name: string, ...args: readonly unknown[]): unknown {
    const target = this.#exports[name] as (...args: readonly unknown[]) => unknown;
    return this.around(() => target(...args));
  }

  /** Uses an instance; what it throws is part of the log. */
  use(exports: WebAssembly.Exports, rounds = 3): void {
    this.#exports = exports;
    for (const [name, ...args] of [
      ["run", rounds],
      ["trap", 1],
      ["throw"],
      ["deep", 30],
      ["run", 2],
      ["deep", 1_000_000],
    ] as const) {
      try {
        this.log.push(this.call(name, ...args));
      } catch (error) {
        this.log.push(error instanceof RangeError ? "the stack is full" : String(error));
      }
    }
  }
}

/** The text of the module that this host is for. */
export const program = `(module
  (import "env" "log" (func $log (param i32)))
  (import "env" "again" (func $again (param i32) (result i32)))
  (import "env" "throws" (func $throws))
  (memory (export "memory") 1)
  (global $sum (export "sum") (mut i32) (i32.const 0))
  (func $leaf (param i32) (result i32) (call $log (local.get 0)) (i32.mul (local.get 0) (i32.const 3)))
  (func $divide (export "divide") (param i32) (result i32)
    (nop) (drop (call $leaf (i32.const 8)))
    (i32.div_u (i32.const 100) (local.get 0)) (nop))
  (func $run (export "run") (param i32) (result i32) (local i32)
    (loop
      (local.set 1 (i32.add (local.get 1) (call $leaf (local.get 0))))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (i32.add (i32.add (local.get 1) (call $again (i32.const 0))) (call $again (i32.const 5))))
  (func $trap (export "trap") (param i32) (result i32)
    (nop) (i32.add (call $again (local.get 0)) (call $divide (i32.const 0))) (nop))
  (func $throw (export "throw") (nop) (call $throws) (nop))
  (func $deep (export "deep") (param i32) (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1))))))
  (func $init (global.set $sum (i32.add (global.get $sum) (i32.const 42))))
  (start $init))`;

/** Profiles the program in one mode and returns what was seen and counted. */
export async function exercise(
  profileModule: (
    bytes: Uint8Array<ArrayBuffer>,
    imports: WebAssembly.Imports,
    options: EmbedOptions,
  ) => Promise<ProfiledModule>,
  bytes: Uint8Array<ArrayBuffer>,
  mode: EmbedMode,
): Promise<{ log: unknown[]; exports: string[]; lines: string[]; notes: readonly string[] }> {
  const host = new EmbeddingHost();
  const made = await profileModule(bytes, host.imports, { mode, name: "p", trustHost: true });
  host.use(made.instance.exports);
  const profile = made.profile();
  return {
    log: host.log,
    exports: Object.keys(made.instance.exports),
    lines: linesOf(profile),
    notes: profile.notes,
  };
}

/** Writes a profile as lines of stack and values; calls to `deep`'s full stack differ from run to run. */
export function linesOf({ frames, parents, nodeFrames, selfValues }: Profile): string[] {
  const stacks: string[] = [];
  const lines: string[] = [];
  parents.forEach((parent, node) => {
    const { name, host } = frames[nodeFrames[node]!]!;
    const own = host ? `[${name}]` : name;
    stacks.push(parent === -1 ? own : `${stacks[parent]};${own}`);
    lines.push([stacks[node], ...selfValues.map((column) => column[node])].join(" "));
  });
  return lines.filter((line) => !line.startsWith("deep") && !line.endsWith(" 0 0")).toSorted();
}
