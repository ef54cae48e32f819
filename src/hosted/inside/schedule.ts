import { lookAround } from "./control.ts";
import { forgetRequest, requestedPath, requestsStop } from "./hooks.ts";
import { extendU, setFuel, wrap } from "./machine.ts";
import { isAtSafepoint } from "./frames.ts";
import { setStatePath, takeState } from "./take-state.ts";
import { proc_exit } from "./wasi-imports.ts";

// What the interpreter stops for now and then: a state that is due, requests from outside.

/** Branches and calls between two looks around. */
const mostFuel = 1000000;
/** The exit code of a program that was stopped and can go on: that of `timeout`. */
const stoppedExit = 124;

/** Branches and calls up to the last look around. */
let branches = 0n;
/** What was given since. */
let given = 0;
/** At how many a state is due next, or -1, and then after how many more, or 0. */
let dueAt = -1n;
let dueEvery = 0n;
let stopsThen = false;
let isDue = false;

/** Sets when states are taken. */
export function scheduleStates(at: bigint, every: bigint, stops: boolean): void {
  dueAt = at;
  dueEvery = every;
  stopsThen = stops;
}

/** Sets how many branches and calls the program has made: in another process, or none. */
export function setBranches(count: bigint): void {
  branches = count;
  given = 0;
  if (dueAt < 0n && dueEvery > 0n) dueAt = count + dueEvery;
}

function takeRequest(): void {
  if (requestedPath === 0) return;
  setStatePath(requestedPath, true);
  forgetRequest();
  isDue = true;
  if (requestsStop) stopsThen = true;
}

// A state that cannot be written is said and given up: the program goes on.
function takeDue(): void {
  isDue = false;
  if (dueAt >= 0n && branches >= dueAt) dueAt = dueEvery > 0n ? branches + dueEvery : -1n;
  if (takeState(branches) && stopsThen) proc_exit(stoppedExit);
}

/** Looks around, and gives new fuel. */
export function lookUp(): void {
  branches += extendU(given);
  lookAround();
  takeRequest();
  if (dueAt >= 0n && branches >= dueAt) isDue = true;
  if (isDue && isAtSafepoint()) takeDue();
  given = mostFuel;
  // Where the module has no such point, the next branch leads to one.
  if (isDue) given = 1;
  else if (dueAt >= 0n && dueAt - branches < extendU(mostFuel)) given = wrap(dueAt - branches);
  setFuel(given);
}
