import { allocate } from "./arena.ts";
import { argAt, argCount, lengthAt, setGuestArg, setGuestName } from "./args.ts";
import {
  closeFile,
  createAt,
  findFolder,
  openAt,
  placeFd,
  placePath,
  readSome,
  removeAt,
  renameAt,
} from "./files.ts";
import { requestCheckpoint, requestStop } from "./hooks.ts";
import { copy, load16u, load8u, store8, text, wrap } from "./machine.ts";
import { sameBytes } from "./module.ts";
import { refuseText } from "./print.ts";
import { readStateOption } from "./state-options.ts";
import { proc_exit } from "./wasi-imports.ts";
import {
  isWord,
  nextWord,
  readNumber,
  startWords,
  wordEnd,
  wordNumber,
  wordStart,
} from "./words.ts";
import { finishOutput, outText, startOutput } from "./writer.ts";

// Control from outside. A client writes lines into the file `commands` of the control directory (under another name
// first, then renamed); the runtime finds it when it looks around, removes it, does what the lines say, and writes a
// line for each into `answers`, which the client removes.

/** The control directory: a descriptor, the paths of its files, and where a name goes in them; 0 where there is none. */
let controlFd = 0;
let controlPath = 0;
let controlName = 0;

/** What `commands` is read into. */
let commands = 0;
let commandsRoom = 0;
const firstRoom = 65536;
const mostRoom = 4194304;

function isOption(argument: number, name: number): boolean {
  return sameBytes(argument, lengthAt(argument), name + 2, load16u(name, 0));
}

// The argument behind an option.
function optionText(index: number): number {
  if (index + 1 >= argCount) refuseText(text("an option without its value"));
  return argAt(index + 1);
}

/** Reads the runtime's own options, in front of the guest's path. */
export function readOptions(): void {
  let index = 1;
  while (index < argCount && load16u(argAt(index), 0) === 0x2d2d) {
    const taken = readStateOption(index);
    if (taken === 0) readOption(argAt(index), optionText(index));
    index += taken === 0 ? 2 : taken;
  }
  setGuestArg(index);
}

function readOption(name: number, value: number): void {
  if (isOption(name, text("--control"))) setControl(value);
  else if (isOption(name, text("--name"))) setGuestName(value);
  else refuseText(text("an option that is not known"));
}

function setControl(path: number): void {
  if (!findFolder(path)) refuseText(text("--control: no such directory among those given"));
  const bytes = lengthAt(placePath);
  controlFd = placeFd;
  controlPath = allocate(bytes + 32);
  copy(controlPath, placePath, bytes);
  controlName = controlPath + bytes;
  if (bytes > 0 && load8u(controlName - 1, 0) !== 47) {
    store8(controlName, 0, 47);
    controlName++;
  }
}

// Puts a file's name behind the directory's, and gives the bytes of the path.
function named(name: number): number {
  copy(controlName, name + 2, load16u(name, 0));
  return controlName + load16u(name, 0) - controlPath;
}

/** Gives the host's number of a directory that was given for commands alone, or -1. */
export function commandsDirectory(): number {
  return controlFd !== 0 && controlName === controlPath ? controlFd : -1;
}

/** Tells whether commands may come. */
export function isControlled(): boolean {
  return controlFd !== 0;
}

/** Does what needs the module's sections but no instance. */
export function afterLoading(): void {
  // Nothing yet.
}

/** Does what is due when the guest ends. */
export function beforeExit(): void {
  if (controlFd !== 0) lookForCommands();
}

/** Does what is due at a safepoint. */
export function lookAround(): void {
  if (controlFd !== 0) lookForCommands();
}

function lookForCommands(): void {
  const pathBytes = named(text("commands"));
  const fd = openAt(controlFd, controlPath, pathBytes);
  if (fd < 0) return;
  const bytes = readAll(fd);
  closeFile(fd);
  removeAt(controlFd, controlPath, pathBytes);
  if (bytes >= 0) answerCommands(commands, commands + bytes);
}

// Gives the number of bytes, or -1.
function readAll(fd: number): number {
  let bytes = 0;
  for (;;) {
    if (bytes >= commandsRoom && !growRoom()) return -1;
    const more = readSome(fd, commands + bytes, commandsRoom - bytes);
    if (more < 0) return -1;
    if (more === 0) return bytes;
    bytes += more;
  }
}

function growRoom(): boolean {
  const room = commandsRoom === 0 ? firstRoom : commandsRoom * 4;
  if (room > mostRoom) return false;
  const grown = allocate(room);
  copy(grown, commands, commandsRoom);
  commands = grown;
  commandsRoom = room;
  return true;
}

function answerCommands(from: number, to: number): void {
  const answersBytes = named(text("answers.new"));
  const fd = createAt(controlFd, controlPath, answersBytes);
  if (fd < 0) return;
  startOutput(fd);
  let start = from;
  for (let at = from; at <= to; at++) {
    if (at === to || load8u(at, 0) === 10) {
      if (at > start) runCommand(start, at);
      start = at + 1;
    }
  }
  outText(text("end\n"));
  finishOutput();
  const other = allocateName();
  renameAt(controlFd, other, answersBytes, controlPath, named(text("answers")));
}

let otherPath = 0;

// A second path is needed for a moment.
function allocateName(): number {
  const bytes = named(text("answers.new"));
  if (otherPath === 0) otherPath = allocate(bytes);
  copy(otherPath, controlPath, bytes);
  return otherPath;
}

/** Does what one line says, and writes the answer: a line for each, which begins with `ok` or `error`. */
function runCommand(from: number, to: number): void {
  startWords(from, to);
  if (!nextWord()) return;
  if (isWord(text("checkpoint"))) {
    if (!nextWord()) return answerError(text("checkpoint PATH"));
    requestCheckpoint(wordStart, wordEnd - wordStart);
    outText(text("ok\n"));
  } else if (isWord(text("stop"))) {
    if (!nextWord()) return answerError(text("stop PATH"));
    requestStop(wordStart, wordEnd - wordStart);
    outText(text("ok\n"));
  } else if (isWord(text("exit"))) {
    if (!nextWord() || !readNumber()) return answerError(text("exit CODE"));
    proc_exit(wrap(wordNumber));
  } else answerError(text("no such command"));
}

function answerError(what: number): void {
  outText(text("error "));
  outText(what);
  outText(text("\n"));
}
