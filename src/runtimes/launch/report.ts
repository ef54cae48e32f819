import { constants } from "node:os";
import type { LaunchEnd } from "./launch.ts";

const shape = /started \d+ (\d+)\n(?:failed (?<why>.*)\n)?ended (\d+) (\d+) (\d+) (\d+) (\d+)\n/;
// The child's word may come before its parent's.
const swapped = /^failed (.*)\nstarted (.*)\n/;

/** Reads what the launcher says on descriptor 3; undefined when it did not get to the end. */
export function readReport(text: string): LaunchEnd | undefined {
  const match = shape.exec(text.replace(swapped, "started $2\nfailed $1\n"));
  if (match === null) return undefined;
  const [startNs, , endNs, status, userUs, systemUs, peakKib] = match.slice(1).map(Number);
  const why = match.groups?.["why"];
  return {
    ...(why === undefined ? endOf(status!) : { failed: why }),
    startNs: startNs!,
    endNs: endNs!,
    usage: {
      userNs: userUs! * 1000,
      systemNs: systemUs! * 1000,
      peakBytes: peakKib! * 1024,
      by: "wait4",
    },
  };
}

/** Reads a status as `wait` gives it. */
function endOf(status: number): Pick<LaunchEnd, "code" | "signal"> {
  const signal = status & 0x7f;
  if (signal === 0) return { code: (status >> 8) & 0xff };
  const name = Object.entries(constants.signals).find(([, value]) => value === signal)?.[0];
  return { signal: name ?? `signal ${signal}` };
}
