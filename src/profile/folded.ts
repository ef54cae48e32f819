import { ProfileBuilder } from "./builder.ts";
import { integerColumn } from "./integers.ts";
import type { Profile } from "./model.ts";
import { eachStack } from "./stacks.ts";
import { linesOf } from "./text-lines.ts";
import { TextSink, utf8 } from "./text-sink.ts";

/** Spells a name so that it cannot end a frame, a stack or a line. */
export function foldedName(name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const safe = name.replaceAll(";", ":").replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, " ");
  return safe === "" ? "(no name)" : safe;
}

/** Writes folded stacks: a line a stack, root first, with its own primary value as a whole number. */
export function writeFolded(profile: Profile): Uint8Array {
  const { values } = integerColumn(profile, profile.primary);
  const out = new TextSink();
  eachStack(
    profile,
    {
      pieces: profile.frames.map((frame) => utf8(`${foldedName(frame.name)};`)),
      leafFirst: false,
      wanted: (node) => values[node] !== 0,
    },
    (node, stack) => {
      out.bytes(stack.subarray(0, -1));
      out.text(` ${BigInt(values[node]!)}\n`);
    },
  );
  return out.take();
}

const LINE = /^(.+) (\d+(?:\.\d+)?)$/u;

/** Reads folded stacks; null when a line is none, or when there is no line. */
export function readFolded(bytes: Uint8Array): Profile | null {
  // A null byte is in no text: this spares decoding what is not ours.
  if (bytes.subarray(0, 4096).includes(0)) return null;
  const builder = new ProfileBuilder({
    module: { name: "", sha256: "" },
    mode: "imported",
    valueTypes: [{ name: "samples", unit: "count" }],
    primary: 0,
  });
  let found = false;
  // Neighbours mostly share their first frames: those need not be looked up again.
  let names: string[] = [];
  let frames: number[] = [];
  for (const line of linesOf(bytes)) {
    if (line === "") continue;
    const match = LINE.exec(line);
    if (match === null) return null;
    found = true;
    const stack = match[1]!.split(";");
    let shared = 0;
    while (shared < names.length && shared < stack.length && names[shared] === stack[shared])
      shared++;
    frames = frames.slice(0, shared);
    for (const name of stack.slice(shared)) frames.push(builder.frame({ name }));
    names = stack;
    builder.add(builder.stack(frames), 0, Number(match[2]));
  }
  return found ? builder.build() : null;
}
