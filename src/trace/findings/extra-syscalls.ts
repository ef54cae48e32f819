import type { ObservedSyscall } from "../observation.ts";
import { baselineOf } from "./baseline.ts";
import { eachCall, enoughCalls } from "./finding.ts";
import type { Remark, Sight } from "./finding.ts";
import { countOf, plainName, syscallKind, workOf } from "./syscall-kinds.ts";
import type { SyscallKind } from "./syscall-kinds.ts";
import { number, perCall } from "./words.ts";

/** Less than half as many more may come from doing the same in another way. */
const leastFactor = 1.5;
/** None at all counts as half a call, so that a factor can be said. */
const leastBaseline = 0.5;

/**
 * Finds functions that make more system calls than the native twin, or the other runtimes, for the same load. All of
 * the load is compared, not single calls: a C library may do in one call what another does in several.
 *
 * @param explained System calls that more telling rules speak of already.
 * @param timesCalled How many times more often the program had to call it.
 */
export function extraSyscalls(
  sight: Sight,
  explained: ReadonlySet<string> = new Set(),
  timesCalled = 1,
): Remark | undefined {
  const { fn } = sight;
  if (fn.calls < enoughCalls) return undefined;
  const of = (all: readonly ObservedSyscall[]): ObservedSyscall[] =>
    all.filter(({ name }) => !explained.has(name));
  const work = of(workOf(fn));
  const count = countOf(work);
  const baseline = baselineOf(sight, (other) => timesCalled * countOf(of(workOf(other))));
  if (baseline === undefined) return undefined;
  const factor = count / Math.max(baseline.value, leastBaseline * fn.calls);
  const more = (count - baseline.value) / fn.calls;
  if (more < eachCall || factor < leastFactor) return undefined;
  const extra = mostExtra(sight, work);
  return {
    kind: "extra-syscalls",
    evidence: `${number(count / fn.calls)} system calls a call (${perCall(work, fn.calls)}), ${baseline.whose} makes ${number(baseline.value / fn.calls)}`,
    cause: causeOf(extra),
    factor,
    syscalls: extra,
  };
}

/**
 * Names the system calls of which there are more than half as many again a call, the most first; of those that do the
 * same, the one that is there.
 */
function mostExtra(sight: Sight, work: readonly ObservedSyscall[]): string[] {
  const count = (all: readonly ObservedSyscall[], plain: string): number =>
    countOf(all.filter(({ name }) => plainName(name) === plain));
  return [...new Set(work.map(({ name }) => plainName(name)))]
    .map((plain) => {
      const usual = baselineOf(sight, (other) => count(workOf(other), plain))?.value ?? 0;
      const name = work.find((one) => plainName(one.name) === plain)!.name;
      return { name, more: (count(work, plain) - usual) / sight.fn.calls };
    })
    .filter(({ more }) => more >= eachCall)
    .toSorted((a, b) => b.more - a.more)
    .map(({ name }) => name);
}

const causes: Readonly<Record<SyscallKind, string>> = {
  moves: "the data goes through the kernel more often than it must, in pieces or twice",
  flushes: "what was written is forced to the disk though the program did not ask for it",
  waits: "the thread waits for another one, or polls, before it does the work",
  looks: "the runtime asks the kernel again what kind of file it is, which it could have kept",
  flags: "the runtime asks for the descriptor's flags again, or copies the descriptor",
  positions: "the runtime asks for the file's position, or sets it, around the work",
  opens: "the path is walked part by part, or a descriptor is opened and closed for this one call",
  lists: "the folder is read in smaller pieces than it could be, or from its beginning again",
  memory: "memory is mapped and given back for each call",
  signals: "signals or threads are set up for each call",
  clocks:
    "the clock is asked through the kernel, not through the page that it shares with all processes",
};

function causeOf(extra: readonly string[]): string {
  const kind = extra.map(syscallKind).find((one) => one !== undefined);
  const which = extra.length === 0 ? "" : `${extra.slice(0, 3).join(", ")}: `;
  return kind === undefined
    ? `${which}more of the kernel's work for the same result`
    : `${which}${causes[kind]}`;
}
