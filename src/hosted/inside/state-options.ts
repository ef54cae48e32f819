import { argAt, argCount, lengthAt } from "./args.ts";
import { extendU, load16u, load8u, text } from "./machine.ts";
import { sameBytes } from "./module.ts";
import { refuseText } from "./print.ts";

// Options about states, among those in front of the guest's path.

/** Paths, or 0. */
export let statePathOption = 0;
export let resumeOption = 0;
/** Counts of branches and calls; -1 and 0 are none. */
export let afterOption = -1n;
export let everyOption = 0n;
export let stopOption = false;
export let rewindOption = false;
export let skipOption = false;

let optionIndex = 0;

function isNamed(name: number): boolean {
  const option = argAt(optionIndex);
  return sameBytes(option, lengthAt(option), name + 2, load16u(name, 0));
}

function optionValue(): number {
  if (optionIndex + 1 >= argCount) refuseText(text("an option without its value"));
  return argAt(optionIndex + 1);
}

function countOption(): bigint {
  const value = optionValue();
  const digits = lengthAt(value);
  let sum = 0n;
  if (digits === 0 || digits > 18) refuseText(text("a count must have 1 to 18 digits"));
  for (let index = 0; index < digits; index++) {
    const digit = load8u(value + index, 0) - 48;
    if (digit < 0 || digit > 9) refuseText(text("a count must have 1 to 18 digits"));
    sum = sum * 10n + extendU(digit);
  }
  return sum;
}

/** Reads an option about states; gives how many arguments it is, or 0 if it is another one. */
export function readStateOption(index: number): number {
  optionIndex = index;
  if (isNamed(text("--checkpoint"))) statePathOption = optionValue();
  else if (isNamed(text("--resume"))) resumeOption = optionValue();
  else if (isNamed(text("--after-branches"))) afterOption = countOption();
  else if (isNamed(text("--every-branches"))) everyOption = countOption();
  else return readFlag();
  return 2;
}

function readFlag(): number {
  if (isNamed(text("--stop"))) stopOption = true;
  else if (isNamed(text("--rewind-files"))) rewindOption = true;
  else if (isNamed(text("--skip-input"))) skipOption = true;
  else return 0;
  return 1;
}
