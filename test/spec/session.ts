import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Bridge, bridgeTo, readGlobal, type Result } from "./bridge.ts";
import type { Action, Value } from "./commands.ts";
import { readSignatures, type Signatures } from "./signatures.ts";
import { makeSpectest } from "./spectest.ts";
import type { Script } from "./suite.ts";
import type { Host, Transform } from "./transforms.ts";

/** An instance of one of the script's modules. */
export interface Running {
  readonly kind: "running";
  readonly instance: WebAssembly.Instance;
  readonly original: Uint8Array;
  readonly signatures: Signatures;
  readonly bridges: Map<string, Bridge>;
  /** Why the transform left this module as it is. */
  readonly refused: string | undefined;
  /** The line of the command that made it. */
  readonly line: number;
  readonly host: Host | undefined;
}

/** What could not run here, and why. */
export interface Skipped {
  readonly kind: "skipped";
  readonly reason: string;
}

export interface Threw {
  readonly kind: "threw";
  readonly error: unknown;
  readonly refused: string | undefined;
}

export interface Returned {
  readonly kind: "returned";
  readonly results: readonly Result[];
  readonly refused: string | undefined;
}

interface Registered {
  readonly kind: "registered";
  readonly exports: Record<string, WebAssembly.ExportValue>;
}

/** The state of one running script: instances by name, what may be imported, what was printed. */
export interface Session {
  readonly script: Script;
  readonly transform: Transform;
  readonly printed: string[];
  readonly named: Map<string, Running | Skipped>;
  readonly definitions: Map<string, Uint8Array<ArrayBuffer>>;
  readonly registered: Map<string, Registered | Skipped>;
  readonly running: Running[];
  current: Running | Skipped;
  /** Whether any call has thrown. */
  threw: boolean;
}

/** Starts a script, with only the host module to import. */
export function startSession(script: Script, transform: Transform): Session {
  const printed: string[] = [];
  const exports = makeSpectest((line) => printed.push(line));
  return {
    script,
    transform,
    printed,
    named: new Map(),
    definitions: new Map(),
    registered: new Map([["spectest", { kind: "registered", exports }]]),
    running: [],
    current: { kind: "skipped", reason: "no module yet" },
    threw: false,
  };
}

/** Reads one of the script's modules. */
export function readModule(session: Session, file: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(join(session.script.folder, file)));
}

/** Changes a module and makes an instance of it. */
export function instantiate(
  session: Session,
  original: Uint8Array<ArrayBuffer>,
  line: number,
): Running | Skipped | Threw {
  if (!WebAssembly.validate(original)) {
    return { kind: "skipped", reason: `this Node (${process.version}) does not support it` };
  }
  const changed = session.transform.transform(original);
  const refused = "skip" in changed ? `${session.transform.name}: ${changed.skip}` : undefined;
  const module = new WebAssembly.Module("skip" in changed ? original : Uint8Array.from(changed));
  const host = session.transform.host?.(original);
  const imports: WebAssembly.Imports = { ...host?.imports };
  for (const wanted of WebAssembly.Module.imports(module)) {
    const found = session.registered.get(wanted.module);
    if (found?.kind === "skipped") return found;
    if (found !== undefined) imports[wanted.module] = found.exports;
  }
  try {
    const instance = new WebAssembly.Instance(module, imports);
    const signatures = readSignatures(original);
    const bridges = new Map<string, Bridge>();
    const made = {
      kind: "running",
      instance,
      original,
      signatures,
      bridges,
      refused,
      line,
      host,
    } as const;
    session.running.push(made);
    return made;
  } catch (error) {
    repair(session);
    return { kind: "threw", error, refused };
  }
}

/** Lets what a script defines be imported under a name. */
export function register(session: Session, name: string, subject: Running | Skipped): void {
  const entry: Registered | Skipped =
    subject.kind === "skipped"
      ? { kind: "skipped", reason: "it imports from a module that was skipped" }
      : { kind: "registered", exports: subject.instance.exports };
  session.registered.set(name, entry);
}

/** Finds the instance that a command means: by name, or the last one. */
export function subjectOf(session: Session, name: string | undefined): Running | Skipped {
  if (name === undefined) return session.current;
  return session.named.get(name) ?? { kind: "skipped", reason: `no module ${name}` };
}

/** Calls a function or reads a global; `expected` tells a global's type. */
export function act(
  session: Session,
  action: Action,
  expected: readonly Value[],
): Returned | Skipped | Threw {
  const subject = subjectOf(session, action.module);
  if (subject.kind === "skipped") return { kind: "skipped", reason: "its module was skipped" };
  const { instance, refused } = subject;
  if (action.type === "get") {
    const results = [readGlobal(instance.exports[action.field], expected[0]?.type ?? "i32")];
    return { kind: "returned", results, refused };
  }
  const call = bridgeOf(subject, action.field);
  let results: readonly Result[];
  try {
    results = call(action.args);
  } catch (error) {
    repair(session);
    return { kind: "threw", error, refused };
  }
  for (const { host } of session.running) {
    const problem = host?.problem();
    if (problem !== undefined) throw new Error(`${session.transform.name}: ${problem}`);
  }
  return { kind: "returned", results, refused };
}

function bridgeOf(subject: Running, field: string): Bridge {
  const known = subject.bridges.get(field);
  if (known !== undefined) return known;
  const signature = subject.signatures.exported.get(field);
  if (signature === undefined) throw new Error(`no exported function "${field}"`);
  const bridge = bridgeTo(subject.instance.exports[field], signature, subject.signatures);
  subject.bridges.set(field, bridge);
  return bridge;
}

// What threw may have passed through any instance of the script.
function repair(session: Session): void {
  session.threw = true;
  for (const { instance, refused, host } of session.running) {
    if (refused === undefined) session.transform.afterTrap?.(instance);
    host?.reset();
  }
}
