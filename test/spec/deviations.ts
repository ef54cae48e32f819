import type { Script } from "./suite.ts";

interface Deviation {
  /** The newest and oldest major version of Node seen to deviate. */
  readonly nodes: readonly [number, number];
  readonly reason: string;
  /** Lines by script. */
  readonly lines: Readonly<Record<string, readonly number[]>>;
}

// Where V8 itself, on plain modules, does not do what the suite says.
const deviations: readonly Deviation[] = [];

/** Says why an engine is known to fail a command on a plain module, or nothing. */
export function deviationOf(script: Script, line: number): string | undefined {
  const major = Number(process.versions.node.split(".", 1)[0]);
  const known = deviations.find(
    ({ nodes, lines }) =>
      major >= nodes[0] &&
      major <= nodes[1] &&
      lines[`${script.set}/${script.name}`]?.includes(line) === true,
  );
  return known?.reason;
}
