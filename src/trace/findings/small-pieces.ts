import type { ObservedFunction } from "../observation.ts";
import { baselineOf } from "./baseline.ts";
import { enoughCalls } from "./finding.ts";
import type { Remark, Sight } from "./finding.ts";
import { bytesOf, countOf, namesOf, ofKind, workOf } from "./syscall-kinds.ts";
import { number } from "./words.ts";

/** Half a piece: the last one of a file may be small. */
const leastFactor = 2;
/** A system call on pages in the cache costs as much as moving so many bytes: larger pieces cost next to nothing. */
const wholePiece = 64 * 1024;

/** Finds functions that move their data in several system calls, each of which moves little. */
export function smallPieces(sight: Sight): Remark | undefined {
  const { fn } = sight;
  if (fn.calls < enoughCalls || fn.name === "fd_readdir") return undefined;
  const moves = ofKind(workOf(fn), "moves");
  const pieces = countOf(moves) / fn.calls;
  if (pieces < leastFactor) return undefined;
  const size = pieceBytes(fn);
  if (size === undefined || size >= wholePiece) return undefined;
  const usual =
    fn.askedBytes === undefined
      ? baselineOf(sight, pieceBytes)
      : { value: fn.askedBytes / fn.calls, whose: "the program" };
  if (usual === undefined || usual.value < leastFactor * size) return undefined;
  return {
    kind: "small-pieces",
    evidence: `${number(pieces)} system calls a call, of ${number(size)} bytes each; ${usual.whose} moves ${number(usual.value)} at once`,
    cause: "it goes through a buffer that is smaller than what the program asks for",
    factor: usual.value / Math.max(size, 1),
    syscalls: namesOf(moves),
  };
}

/** How many bytes a system call moves, of those that move. */
function pieceBytes(fn: ObservedFunction): number | undefined {
  const moves = ofKind(workOf(fn), "moves");
  const count = countOf(moves);
  return count === 0 ? undefined : bytesOf(moves) / count;
}
