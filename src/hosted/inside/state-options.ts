import { extendU, load16u, load8u, text } from "./machine.ts";
import { refuseText } from "./message.ts";
import { sameBytes } from "./module.ts";
import { lengthAt } from "./own-files.ts";
import { hostArg, hostArgCount } from "./program.ts";

// Options of the runtime itself, in front of the guest's path.

/** Paths, or 0. */
export let statePathOption = 0;
export let controlOption = 0;
export let resumeOption = 0;
/** Counts of branches and calls; -1 and 0 are none. */
export let afterOption = -1n;
export let everyOption = 0n;
export let stopOption = false;
export let rewindOption = false;
export let skipOption = false;

let optionIndex = 1;

function isOption(name: number): boolean {
  const option = hostArg(optionIndex);
  return sameBytes(option, lengthAt(option), name + 2, load16u(name, 0));
}

function optionValue(): number {
  optionIndex++;
  if (optionIndex >= hostArgCount) refuseText(text("an option has no value"));
  return hostArg(optionIndex);
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

/** Reads the options; gives the index of the argument behind them. */
export function readOptions(): number {
  for (; optionIndex < hostArgCount; optionIndex++) {
    const option = hostArg(optionIndex);
    if (load8u(option, 0) !== 45 || load8u(option, 1) !== 45) break;
    if (isOption(text("--"))) {
      optionIndex++;
      break;
    }
    if (isOption(text("--checkpoint"))) statePathOption = optionValue();
    else if (isOption(text("--control"))) controlOption = optionValue();
    else if (isOption(text("--resume"))) resumeOption = optionValue();
    else if (isOption(text("--after-branches"))) afterOption = countOption();
    else if (isOption(text("--every-branches"))) everyOption = countOption();
    else if (isOption(text("--stop"))) stopOption = true;
    else if (isOption(text("--rewind-files"))) rewindOption = true;
    else if (isOption(text("--skip-input"))) skipOption = true;
    else refuseText(text("an option that this host does not know"));
  }
  return optionIndex;
}
