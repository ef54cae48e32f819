import { launch } from "../launch/launch.ts";
import type { Launched, LaunchEnd } from "../launch/launch.ts";
import type { LaunchedBy } from "../runtime.ts";
import type {
  HostAnswer,
  HostFailure,
  HostReady,
  HostRequest,
  LoadedAnswer,
  LoadRequest,
  RunAnswer,
  RunRequest,
} from "./protocol.ts";

/** A host that is no more, or that made no sense and was ended; every later request gets the same. */
export interface HostCrash {
  readonly failed: "crash";
  readonly message: string;
  /** How its process ended, where it is known. */
  readonly signal?: string;
  readonly exit?: number;
}

/** A request that took too long: its host was ended, and every later request gets a crash. */
export interface HostTimeout {
  readonly failed: "timeout";
  readonly message: string;
}

/** What any request may get in place of its answer. */
export type HostTrouble = HostFailure | HostCrash | HostTimeout;

/** How a host ended; `usage` is of its whole life. */
export type HostEnd = LaunchEnd;

/** How long to wait when nothing else is said. */
const defaultTimeoutMs = 60_000;
const readyTimeoutMs = 30_000;
/** How long a host may take to end when it is asked to. */
const endTimeoutMs = 5_000;
/** More than any answer has, in characters: a host that prints without end is not listened to for ever. */
const longestLine = 2 ** 26;
/** How much of the beginning of what a host says on its standard error is kept: a panic's reason stands first. */
const keptWords = 1_000;

/**
 * Keeps an engine host: a child process in a group of its own, which is gone when this process is. Requests are
 * answered in order. Whatever a host does is a value: nothing here rejects.
 */
export class EngineHost {
  /** What the host said when it was ready, or what happened instead. */
  readonly ready: Promise<HostReady | HostCrash | HostTimeout>;
  readonly #launched: Launched;
  readonly #lines: ((line: string) => void)[] = [];
  #broken: HostCrash | undefined;
  #words = "";
  /** The beginning of a line that has not ended. */
  #heard: string[] = [];
  #heardLength = 0;

  /** Starts a host; wait for `ready` before measuring anything. */
  static start(command: LaunchedBy, timeoutMs: number = readyTimeoutMs): EngineHost {
    return new EngineHost(command, timeoutMs);
  }

  private constructor(command: LaunchedBy, timeoutMs: number) {
    this.#launched = launch(command, ["pipe", "pipe", "pipe"]);
    const { stdin, stdout, stderr } = this.#launched.child;
    // A host that is gone does not read: the end of its process says so.
    stdin!.on("error", () => {});
    stderr!.on("data", (chunk: Buffer) => {
      if (this.#words.length < keptWords) this.#words += chunk.toString().slice(0, keptWords);
    });
    stdout!.setEncoding("utf8").on("data", (text: string) => this.#hear(text));
    this.ready = this.#answer<HostReady>(timeoutMs, "starting", isReady);
  }

  /** The host's own process, for those who watch it; undefined when it could not be started. */
  get pid(): Promise<number | undefined> {
    return this.#launched.pid;
  }

  /** Reads a module and compiles it, or loads an artefact. */
  load(request: Omit<LoadRequest, "do">, timeoutMs?: number): Promise<LoadedAnswer | HostTrouble> {
    return this.#ask({ do: "load", ...request }, timeoutMs, isLoaded);
  }

  /** Runs a loaded module. */
  run(request: Omit<RunRequest, "do">, timeoutMs?: number): Promise<RunAnswer | HostTrouble> {
    return this.#ask({ do: "run", ...request }, timeoutMs, isRun);
  }

  /** Forgets a loaded module. */
  unload(module: number): Promise<{ readonly done: true } | HostTrouble> {
    return this.#ask({ do: "unload", module }, undefined, isDone);
  }

  /** Asks the host to end, and says what its process cost; a host that does not is ended. */
  async end(): Promise<HostEnd> {
    if (this.#broken === undefined) await this.#ask({ do: "end" }, endTimeoutMs, isDone);
    this.#launched.child.stdin!.end();
    const timer = setTimeout(() => this.#launched.kill(), endTimeoutMs);
    const ended = await this.#launched.ended;
    clearTimeout(timer);
    return ended;
  }

  /** Ends the host at once. */
  kill(): void {
    this.#broken ??= { failed: "crash", message: "the host was ended" };
    this.#launched.kill();
  }

  #hear(text: string): void {
    const lines = text.split("\n");
    const rest = lines.pop()!;
    for (const line of lines) {
      const whole = this.#heard.join("") + line;
      this.#heard = [];
      this.#heardLength = 0;
      const take = this.#lines.shift();
      if (take !== undefined) take(whole);
      else this.#break(`it said something unasked: ${shown(whole)}`);
    }
    if (rest === "") return;
    this.#heard.push(rest);
    this.#heardLength += rest.length;
    if (this.#heardLength < longestLine) return;
    this.#break(`it says a line without an end: ${shown(this.#heard[0]!)}`);
    this.#heard = [];
    this.#heardLength = -Infinity;
  }

  async #ask<T extends HostAnswer>(
    request: HostRequest,
    timeoutMs: number = defaultTimeoutMs,
    is: (answer: object) => answer is T,
  ): Promise<T | HostTrouble> {
    if (this.#broken !== undefined) return this.#broken;
    const answer = this.#answer<T | HostFailure>(timeoutMs, request.do, orFailure(is));
    // Without this process's perl, what the host has used is known only while it is there.
    this.#launched.look?.();
    this.#launched.child.stdin!.write(`${JSON.stringify(request)}\n`);
    return answer;
  }

  /** Waits for the next line, the end of the process, or the time. */
  async #answer<T extends object>(
    timeoutMs: number,
    what: string,
    is: (answer: object) => answer is T,
  ): Promise<T | HostCrash | HostTimeout> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const line = await Promise.race([
      new Promise<string>((resolve) => void this.#lines.push(resolve)),
      this.#launched.ended,
      new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), timeoutMs);
      }),
    ]);
    clearTimeout(timer);
    if (line === undefined) return this.#timeout(`${what} took more than ${timeoutMs} ms`);
    if (typeof line !== "string") return this.#ended(line);
    const parsed = parse(line);
    if (parsed !== undefined && is(parsed)) return parsed;
    return this.#break(`it said what is no answer: ${shown(line)}`);
  }

  #timeout(message: string): HostTimeout {
    this.#broken ??= { failed: "crash", message: `the host was ended: ${message}` };
    this.#launched.kill();
    return { failed: "timeout", message };
  }

  #break(message: string): HostCrash {
    this.#broken ??= { failed: "crash", message: `the host was ended: ${message}` };
    this.#launched.kill();
    return this.#broken;
  }

  #ended({ code, signal, failed }: LaunchEnd): HostCrash {
    const how = failed ?? (signal === undefined ? `it ended with ${code}` : `${signal} ended it`);
    const words = this.#words.trim();
    return (this.#broken ??= {
      failed: "crash",
      message: words === "" ? how : `${how}: ${words}`,
      ...(signal === undefined ? {} : { signal }),
      ...(code === undefined ? {} : { exit: code }),
    });
  }
}

function parse(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function shown(line: string): string {
  return JSON.stringify(line.length > 100 ? `${line.slice(0, 100)}…` : line);
}

function isReady(answer: object): answer is HostReady {
  return "ready" in answer && "version" in answer;
}

function isLoaded(answer: object): answer is LoadedAnswer {
  return "module" in answer && "phases" in answer;
}

function isRun(answer: object): answer is RunAnswer {
  return "phases" in answer && "end" in answer;
}

function isDone(answer: object): answer is { readonly done: true } {
  return "done" in answer;
}

function orFailure<T extends object>(is: (answer: object) => answer is T) {
  return (answer: object): answer is T | HostFailure =>
    is(answer) || ("failed" in answer && "message" in answer);
}
