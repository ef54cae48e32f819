import type { Arm } from "./arm.ts";
import type { Failure } from "./outcome.ts";
import type { BenchRecord } from "./record.ts";

type Level = BenchRecord["level"];

/** A process that a block has of an arm: the runtime's own command, or an engine host. */
export type Cell = "command" | "host";

const mostCrashes = 3;

/**
 * Knows what is still to be measured of an arm. What an engine refuses it refuses again, so a failure ends its level;
 * crashes may be chance, and end it at the third.
 */
export class Standing {
  readonly arm: Arm;
  /** Its place among the arms. */
  readonly index: number;
  #command: boolean;
  readonly #hosted: Set<Level>;
  #crashes = 0;
  #processes = 0;

  constructor(arm: Arm, index: number, levels: readonly Level[], oneProcess = false) {
    this.arm = arm;
    this.index = index;
    this.#command = levels.includes("cold") && !(oneProcess && arm.runtime.host !== undefined);
    this.#hosted = new Set(arm.runtime.host === undefined ? [] : levels);
  }

  /** The processes of the next block. */
  get cells(): Cell[] {
    return [
      ...(this.#command ? (["command"] as const) : []),
      ...(this.#hosted.size > 0 ? (["host"] as const) : []),
    ];
  }

  get hosted(): Level[] {
    return [...this.#hosted];
  }

  /** Gives the next process its number. */
  nextProcess(): number {
    return this.#processes++;
  }

  /** Measures nothing of it any more, and gives the levels that there would have been. */
  refuse(): Level[] {
    const levels: Level[] =
      this.#hosted.size > 0 ? [...this.#hosted] : this.#command ? ["cold"] : [];
    this.#command = false;
    this.#hosted.clear();
    return levels;
  }

  /** Takes what a process failed with. */
  failed(cell: Cell, { failed, level }: Failure): void {
    if (failed === "crash" && ++this.#crashes < mostCrashes) return;
    if (cell === "command") this.#command = false;
    // Without a first run there is nothing else.
    else if (level === "cold") this.#hosted.clear();
    else this.#hosted.delete(level);
  }
}
