import { binaryOf, type Command, readCommands, type Value } from "./commands.ts";
import type { Result } from "./bridge.ts";
import type { Counts } from "./counts.ts";
import { referenceMatches } from "./references.ts";
import {
  act,
  instantiate,
  readModule,
  register,
  type Returned,
  type Running,
  type Session,
  type Skipped,
  startSession,
  subjectOf,
  type Threw,
} from "./session.ts";
import type { Script } from "./suite.ts";
import type { Transform } from "./transforms.ts";
import { isTrap, trapMessage } from "./traps.ts";
import { showSlot, slotMatches } from "./values.ts";

/** What became of one command; `detail` is the reason of a skip or failure, or the message of an expected trap. */
export interface Outcome {
  readonly line: number;
  readonly type: Command["type"] | "prints";
  readonly status: "passed" | "failed" | "skipped";
  readonly detail: string;
}

type Verdict = Pick<Outcome, "status" | "detail">;

const passed: Verdict = { status: "passed", detail: "" };
const failed = (detail: string): Verdict => ({ status: "failed", detail });
const skipped = (detail: string): Verdict => ({ status: "skipped", detail });

/** How a script went. */
export interface ScriptRun {
  /** One for each command, in order, and one for what was printed. */
  readonly outcomes: readonly Outcome[];
  /** What each instance counted, by the line that made it, where the transform counts. */
  readonly counts: ReadonlyMap<number, Counts>;
}

/** Runs a script's commands on modules changed by a transform. */
export function runScript(script: Script, transform: Transform): ScriptRun {
  const session = startSession(script, transform);
  const outcomes = readCommands(script.path).map((command): Outcome => {
    const { line, type } = command;
    try {
      return { line, type, ...runCommand(session, command) };
    } catch (error) {
      return { line, type, ...failed(show(error)) };
    }
  });
  const detail = session.printed.join("; ");
  const counts = new Map<number, Counts>();
  for (const { instance, original, refused, line, host } of session.running) {
    if (refused !== undefined) continue;
    const counted = host?.counts(instance) ?? transform.counts?.(instance, original, session.threw);
    if (counted !== undefined) counts.set(line, counted);
  }
  return { outcomes: [...outcomes, { line: 0, type: "prints", status: "passed", detail }], counts };
}

function runCommand(session: Session, command: Command): Verdict {
  switch (command.type) {
    case "module": {
      const file = binaryOf(command);
      if (file === undefined) return define(session, command.name, textFormat);
      return define(
        session,
        command.name,
        instantiate(session, readModule(session, file), command.line),
      );
    }
    case "module_definition": {
      const file = binaryOf(command);
      if (file === undefined) return skipped(textFormat.reason);
      session.definitions.set(command.name ?? "", readModule(session, file));
      return passed;
    }
    case "module_instance": {
      const bytes = session.definitions.get(command.module);
      if (bytes === undefined) return failed(`no definition ${command.module}`);
      return define(session, command.instance, instantiate(session, bytes, command.line));
    }
    case "register": {
      const subject = subjectOf(session, command.name);
      register(session, command.as, subject);
      return subject.kind === "skipped" ? skipped("its module was skipped") : passed;
    }
    case "action":
      return judge(act(session, command.action, []), { returned: () => passed });
    case "assert_return":
      return judge(act(session, command.action, command.expected), {
        returned: (results) => compare(results, command.expected),
      });
    case "assert_trap":
      return judge(act(session, command.action, []), {
        threw: (error) => trap(error, command.text),
      });
    case "assert_exhaustion":
      return judge(act(session, command.action, []), {
        threw: (error) => (error instanceof RangeError ? passedBy(error) : failed(show(error))),
      });
    case "assert_exception":
      return judge(act(session, command.action, []), {
        threw: (error) => (error instanceof WebAssembly.Exception ? passed : failed(show(error))),
      });
    case "assert_uninstantiable":
    case "assert_unlinkable": {
      const file = binaryOf(command);
      if (file === undefined) return skipped(textFormat.reason);
      const made = instantiate(session, readModule(session, file), command.line);
      const unlinkable = command.type === "assert_unlinkable";
      return judge(made, {
        threw: (error) => (unlinkable ? linkError(error) : trap(error, command.text)),
      });
    }
    case "assert_invalid":
    case "assert_malformed": {
      const file = command.module_type === "binary" ? command.filename : undefined;
      if (file === undefined) return skipped(textFormat.reason);
      const accepted = WebAssembly.validate(readModule(session, file));
      return accepted ? failed(`accepted: ${command.text}`) : passed;
    }
  }
}

const textFormat: Skipped = { kind: "skipped", reason: "text format" };

function define(
  session: Session,
  name: string | undefined,
  made: Running | Skipped | Threw,
): Verdict {
  const subject: Running | Skipped =
    made.kind === "threw" ? { kind: "skipped", reason: "its module failed" } : made;
  session.current = subject;
  if (name !== undefined) session.named.set(name, subject);
  return judge(made, { running: () => passed });
}

interface Wanted {
  readonly running?: () => Verdict;
  readonly returned?: (results: readonly Result[]) => Verdict;
  readonly threw?: (error: unknown) => Verdict;
}

// One place decides what is a skip; all that a command did not want is a failure.
function judge(happened: Running | Returned | Skipped | Threw, wanted: Wanted): Verdict {
  if (happened.kind === "skipped") return skipped(happened.reason);
  if (happened.refused !== undefined) return skipped(happened.refused);
  switch (happened.kind) {
    case "running":
      return wanted.running?.() ?? failed("instantiated");
    case "returned":
      return wanted.returned?.(happened.results) ?? failed("returned");
    case "threw":
      return wanted.threw?.(happened.error) ?? failed(show(happened.error));
  }
}

function compare(results: readonly Result[], expected: readonly Value[]): Verdict {
  if (results.length !== expected.length) return failed(`${results.length} results`);
  for (const [index, value] of expected.entries()) {
    const result = results[index]!;
    if (!matches(result, value)) {
      return failed(`result ${index}: ${showResult(result, value)} for ${JSON.stringify(value)}`);
    }
  }
  return passed;
}

function matches(result: Result, expected: Value): boolean {
  if (expected.type === "either") return expected.values.some((value) => matches(result, value));
  return result.kind === "bits"
    ? slotMatches(result.slot, expected)
    : referenceMatches(result.value, expected);
}

function showResult(result: Result, expected: Value): string {
  if (result.kind === "reference") return String(result.value);
  return showSlot(result.slot, expected.type === "either" ? expected.values[0]! : expected);
}

function trap(error: unknown, text: string): Verdict {
  return error instanceof WebAssembly.RuntimeError && isTrap(trapMessage(error), text)
    ? passedBy(error)
    : failed(`${text}: ${show(error)}`);
}

// V8 reports a missing module as a TypeError, all else that does not link as a LinkError.
function linkError(error: unknown): Verdict {
  const isLink = error instanceof WebAssembly.LinkError;
  const isMissing = error instanceof TypeError && error.message.includes("Import #");
  return isLink || isMissing ? passed : failed(show(error));
}

// The message is kept: a transform must not turn one trap into another.
function passedBy(error: Error): Verdict {
  return { status: "passed", detail: trapMessage(error) };
}

function show(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
