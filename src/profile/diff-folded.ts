import type { ProfileDiff } from "./diff.ts";
import { foldedName } from "./folded.ts";
import { integerColumn } from "./integers.ts";
import { eachStack } from "./stacks.ts";
import { TextSink, utf8 } from "./text-sink.ts";

/**
 * Writes a comparison as folded stacks with two counts a line, before and after, as scripts for differential
 * flame graphs read them.
 */
export function writeDiffFolded({ tree }: ProfileDiff): Uint8Array {
  const [before, after] = [0, 1].map((column) => integerColumn(tree, column).values);
  const out = new TextSink();
  eachStack(
    tree,
    {
      pieces: tree.frames.map((frame) => utf8(`${foldedName(frame.name)};`)),
      leafFirst: false,
      wanted: (node) => before![node] !== 0 || after![node] !== 0,
    },
    (node, stack) => {
      out.bytes(stack.subarray(0, -1));
      out.text(` ${BigInt(before![node]!)} ${BigInt(after![node]!)}\n`);
    },
  );
  return out.take();
}
