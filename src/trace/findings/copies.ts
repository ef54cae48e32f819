import type { ObservedFunction } from "../observation.ts";
import { baselineOf } from "./baseline.ts";
import type { Baseline } from "./baseline.ts";
import { enoughCalls } from "./finding.ts";
import type { Remark, Sight } from "./finding.ts";
import { bytesOf, namesOf, ofKind, workOf } from "./syscall-kinds.ts";
import { number, perCall } from "./words.ts";

/** Half as many bytes again: reading ahead once, at a file's end, stays below. */
const leastFactor = 1.5;
/** Fewer bytes a call are not worth a finding. */
const leastBytes = 8;

/** Finds functions that move more bytes through the kernel than the program asked for. */
export function copies(sight: Sight): Remark | undefined {
  const { fn } = sight;
  if (fn.calls < enoughCalls || !/read|write|send|recv/.test(fn.name)) return undefined;
  if (fn.name === "fd_readdir") return undefined;
  const moved = movedBytes(fn);
  const asked = askedBytes(sight);
  if (asked === undefined || moved - asked.value < leastBytes * fn.calls) return undefined;
  if (moved < leastFactor * asked.value) return undefined;
  const moving = ofKind(workOf(fn), "moves");
  return {
    kind: "copies",
    evidence: `${number(moved / fn.calls)} bytes a call go through the kernel (${perCall(moving, fn.calls)}), ${asked.whose} ${number(asked.value / fn.calls)}`,
    cause:
      "the data is copied through a file, a pipe or a buffer that is filled further than it is asked for",
    factor: moved / Math.max(asked.value, 1),
    syscalls: namesOf(moving),
  };
}

function movedBytes(fn: ObservedFunction): number {
  return bytesOf(ofKind(workOf(fn), "moves"));
}

/** What the guest asked for where that is known, else what was moved elsewhere for the same load. */
function askedBytes(sight: Sight): Baseline | undefined {
  const { askedBytes: asked } = sight.fn;
  if (asked !== undefined) return { value: asked, whose: "the program asks for" };
  const usual = baselineOf(sight, movedBytes);
  return usual && { value: usual.value, whose: `${usual.whose} moves` };
}
