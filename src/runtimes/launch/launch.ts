import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess, StdioOptions } from "node:child_process";
import { endWithThis, killGroup, packageFile, watchForEnd } from "../../sys/index.ts";
import type { LaunchedBy } from "../runtime.ts";
import { readReport } from "./report.ts";
import { usageOf } from "./usage.ts";
import type { Usage } from "./usage.ts";

/** Where a program's standard input, output and error go: each a descriptor, a pipe, or this process's own. */
export type Streams = readonly [stdin: Stream, stdout: Stream, stderr: Stream];
type Stream = "pipe" | "ignore" | "inherit" | number;

/** A program that runs. */
export interface Launched {
  /** What has the pipes. */
  readonly child: ChildProcess;
  /** The program's own process; undefined when it could not be started. */
  readonly pid: Promise<number | undefined>;
  /** Never rejects. */
  readonly ended: Promise<LaunchEnd>;
  /** Ends the program and all that it has started, at once. */
  kill(): void;
  /** Looks at what the program has used up to now; absent where the kernel's account at its end is had. */
  readonly look?: () => void;
}

/** How a program ended and what it cost. */
export interface LaunchEnd {
  readonly code?: number;
  readonly signal?: string;
  /** Why it could not be started. */
  readonly failed?: string;
  /** CLOCK_MONOTONIC, from just before the fork to the moment at which its end was seen. */
  readonly startNs: number;
  readonly endNs: number;
  /** Absent where nobody could tell. */
  readonly usage?: Usage;
}

/** Numbers of the system calls `wait4` and `prctl`, which the launcher makes. */
const systemCalls: Readonly<Record<string, readonly [wait4: number, prctl: number]>> = {
  x64: [61, 157],
  arm64: [260, 167],
  riscv64: [260, 167],
};

let hasPerl: boolean | undefined;

/**
 * Starts a program in a process group of its own, which ends when this process does. A small launcher forks it and
 * waits for it, so that its usage is the kernel's own account, children that it waited for included. Where there is no
 * Perl the usage is what was last seen in /proc.
 */
export function launch(command: LaunchedBy, stdio: Streams): Launched {
  const numbers = process.platform === "linux" ? systemCalls[process.arch] : undefined;
  if (numbers === undefined) return launchPlainly(command, stdio);
  hasPerl ??= spawnSync("perl", ["-MTime::HiRes", "-e", "1"]).status === 0;
  if (!hasPerl) return launchPlainly(command, stdio);
  const launcher = [packageFile("hosts/launcher.pl"), ...[...numbers, process.pid].map(String)];
  return launchBy(
    { ...command, file: "perl", args: [...launcher, command.file, ...command.args] },
    stdio,
  );
}

/** The time of CLOCK_MONOTONIC, which all processes of a machine share, in nanoseconds. */
export function monotonicNs(): number {
  return Number(process.hrtime.bigint());
}

/** Starts the launcher, which reports on descriptor 3. */
function launchBy(launcher: LaunchedBy, stdio: Streams): Launched {
  const startNs = monotonicNs();
  const child = start(launcher, [...stdio, "pipe"]);
  const own = child.pid;
  const forget = own === undefined ? [] : [endWithThis(own)];
  let text = "";
  let tell: (pid: number | undefined) => void = () => {};
  const pid = new Promise<number | undefined>((resolve) => (tell = resolve));
  const report = child.stdio[3] as NodeJS.ReadableStream;
  report.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    const known = /^started (\d+) /m.exec(text)?.[1];
    if (known === undefined || forget.length > 1) return;
    forget.push(endWithThis(Number(known)));
    tell(Number(known));
  });
  const ended = Promise.all([exitOf(child), endOf(report)]).then(([exit]) => {
    for (const forgetOne of forget) forgetOne();
    tell(undefined);
    return readReport(text) ?? { ...exit, startNs, endNs: monotonicNs() };
  });
  // Not the launcher itself: it is to report what the program cost.
  const kill = (): void => void pid.then((known) => known !== undefined && killGroup(known));
  return { child, pid, ended, kill };
}

function launchPlainly(command: LaunchedBy, stdio: Streams): Launched {
  const startNs = monotonicNs();
  const child = start(command, stdio);
  const { pid } = child;
  const forget = pid === undefined ? (): void => {} : endWithThis(pid);
  let usage: Usage | undefined;
  const look = (): void => void (pid !== undefined && (usage = usageOf(pid) ?? usage));
  const ended = exitOf(child).then((exit): LaunchEnd => {
    const endNs = monotonicNs();
    forget();
    return { ...exit, startNs, endNs, ...(usage === undefined ? {} : { usage }) };
  });
  const kill = (): void => {
    look();
    if (pid !== undefined) killGroup(pid);
  };
  return { child, pid: Promise.resolve(pid), ended, kill, look };
}

function start({ file, args, env, cwd }: LaunchedBy, stdio: readonly Stream[]): ChildProcess {
  watchForEnd();
  return spawn(file, args, {
    cwd,
    stdio: [...stdio] as StdioOptions,
    env: { ...process.env, ...env },
    detached: true,
  });
}

function exitOf(child: ChildProcess): Promise<Pick<LaunchEnd, "code" | "signal" | "failed">> {
  return new Promise((resolve) => {
    child.once("error", ({ message }) => resolve({ failed: message }));
    child.once("exit", (code, signal) =>
      resolve(code === null ? { signal: signal ?? "SIGKILL" } : { code }),
    );
  });
}

function endOf(stream: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once("close", resolve);
  });
}
