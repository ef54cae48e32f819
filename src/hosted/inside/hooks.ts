import { allocate } from "./arena.ts";
import { copy, store8 } from "./machine.ts";

// What the runtime does for others when it next looks around.

/** The path to which a state was requested, which ends with a 0, or 0; and whether the program is to end then. */
export let requestedPath = 0;
export let requestsStop = false;

/** Forgets the request. */
export function forgetRequest(): void {
  requestedPath = 0;
}

function keepRequest(from: number, bytes: number): void {
  requestedPath = allocate(bytes + 1);
  copy(requestedPath, from, bytes);
  store8(requestedPath + bytes, 0, 0);
}

/** Asks for a checkpoint at the next safepoint, written to this path (bytes at an address). */
export function requestCheckpoint(path: number, bytes: number): void {
  keepRequest(path, bytes);
}

/** Asks for a checkpoint as `requestCheckpoint` does, and for the program's end when it is written. */
export function requestStop(path: number, bytes: number): void {
  keepRequest(path, bytes);
  requestsStop = true;
}
