// What the runtime does for others when it next looks around.

/** Asks for a checkpoint at the next safepoint, written to this path (bytes at an address). */
export function requestCheckpoint(_path: number, _bytes: number): void {
  // Nothing writes checkpoints yet.
}
