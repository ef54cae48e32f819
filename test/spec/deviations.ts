import type { Script } from "./suite.ts";

interface Deviation {
  /** Scripts, as set and name. */
  readonly scripts: readonly string[];
  /** What happens instead. */
  readonly detail: RegExp;
  readonly lines?: readonly number[];
  readonly reason: string;
}

// Where V8 does not do on a plain module what a script says. Nothing of the main suite is here.
const deviations: readonly Deviation[] = [
  {
    scripts: [
      "proposals/function-references/binary",
      "proposals/memory64/binary",
      "proposals/memory64/memory",
      "proposals/memory64/memory64",
      "proposals/multi-value/binary",
      "proposals/reference-types/binary",
      "proposals/reference-types/binary-leb128",
      "proposals/reference-types/imports",
      "proposals/reference-types/unreached-invalid",
      "proposals/threads/imports",
      "proposals/threads/memory",
    ],
    detail:
      /^accepted: (zero (byte|flag) expected|multiple (memories|tables)|integer (representation too long|too large)|type mismatch|illegal opcode)$/,
    reason: "the proposal's script forbids what the specification has allowed since",
  },
  {
    scripts: ["proposals/mutable-global/linking"],
    detail: /out of bounds|^returned$|^result 0: i32 0x61 for/,
    reason:
      "the script is older than bulk memory: since then a segment that does not fit traps alone",
  },
  {
    scripts: ["proposals/multi-memory/load1", "proposals/multi-memory/linking0"],
    detail: /^result 0: i32 0x0 for|function signature mismatch$/,
    lines: [25, 26, 27, 28, 29, 42],
    reason: "without multi-memory the module was skipped that would have written what this reads",
  },
  {
    scripts: ["proposals/gc/array_init_elem"],
    detail: /element segment out of bounds$/,
    lines: [92, 93],
    reason: "both array and segment are exceeded, and V8 names the segment",
  },
];

/** Says why an engine is known to fail a command on a plain module, or nothing. */
export function deviationOf(script: Script, line: number, detail: string): string | undefined {
  const known = deviations.find(
    ({ scripts, lines, detail: seen }) =>
      scripts.includes(`${script.set}/${script.name}`) &&
      (lines === undefined || lines.includes(line)) &&
      seen.test(detail),
  );
  return known?.reason;
}
