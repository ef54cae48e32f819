import type { Frame, Profile } from "./model.ts";

/** Returns a frozen copy that holds only the fields which are set, so that equal frames look equal. */
export function plainFrame(frame: Frame): Frame {
  return Object.freeze({
    name: frame.name,
    ...(frame.mangledName !== undefined && { mangledName: frame.mangledName }),
    ...(frame.funcIndex !== undefined && { funcIndex: frame.funcIndex }),
    ...(frame.file !== undefined && { file: frame.file }),
    ...(frame.line !== undefined && { line: frame.line }),
    ...(frame.inlined && { inlined: true }),
    ...(frame.host && { host: true }),
    ...(frame.estimated && { estimated: true }),
  });
}

/** Returns a key that two frames share only when all their fields are equal. */
export function frameKey(frame: Frame): string {
  const { name, mangledName, funcIndex, file, line, inlined, host, estimated } = frame;
  const kind = (inlined ? 1 : 0) + (host ? 2 : 0) + (estimated ? 4 : 0);
  return JSON.stringify([name, mangledName ?? 0, funcIndex ?? -1, file ?? 0, line ?? -1, kind]);
}

/**
 * A function inlined into two others stays two functions, as its index is that of the one it was
 * inlined into: its cost was paid there.
 */
function functionKey({ name, mangledName, funcIndex, file }: Frame): string {
  return JSON.stringify([mangledName ?? name, funcIndex ?? -1, funcIndex === undefined ? file : 0]);
}

/** Which function each frame belongs to, when several frames are lines of one function. */
export interface FunctionsOfFrames {
  /** For each function the first of its frames. */
  readonly functions: readonly Frame[];
  /** For each frame the index of its function. */
  readonly functionOfFrame: Int32Array;
}

/** Groups the frames of a profile by function, in order of first appearance. */
export function groupByFunction(frames: Profile["frames"]): FunctionsOfFrames {
  const indices = new Map<string, number>();
  const functions: Frame[] = [];
  const functionOfFrame = Int32Array.from(frames, (frame) => {
    const key = functionKey(frame);
    let index = indices.get(key);
    if (index === undefined) {
      index = functions.push(frame) - 1;
      indices.set(key, index);
    }
    return index;
  });
  return { functions, functionOfFrame };
}
