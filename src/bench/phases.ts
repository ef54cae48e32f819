import type { LoadedAnswer, RunAnswer, Span } from "../runtimes/host/protocol.ts";
import type { BenchRecord } from "./record.ts";

/** One measured value of a process, before its circumstances are put beside it. */
export type Sample = Pick<
  BenchRecord,
  "level" | "iteration" | "metric" | "unit" | "by" | "value" | "calls"
>;

/** When the tool sent a request and had its answer; CLOCK_MONOTONIC, as the host's spans. */
export interface Exchange<Answer> {
  readonly sentNs: number;
  readonly gotNs: number;
  readonly answer: Answer;
}

/** One life of a host up to its first run, and its end. */
export interface HostLife {
  /** Just before the fork; the end as it was seen. */
  readonly startNs: number;
  readonly endNs: number;
  readonly ready: { readonly startedNs: number; readonly readyNs: number; readonly gotNs: number };
  readonly load: Exchange<LoadedAnswer>;
  readonly run: Exchange<RunAnswer>;
  /** When the host was asked to end. */
  readonly endSentNs: number;
}

/**
 * Moves a host's times to this machine's clock where its engine counts from another moment (Deno's and Bun's clocks
 * start with the process). Requests lie before what they ask for and answers behind it, so the true distance lies
 * between two bounds, which are apart by the quickest message: the middle is taken.
 */
export function onOneClock<Life extends Omit<HostLife, "endNs" | "endSentNs">>(life: Life): Life {
  const { startNs, ready, load, run } = life;
  if (ready.startedNs >= startNs) return life;
  const asked = [
    startNs - ready.startedNs,
    load.sentNs - load.answer.phases.read.startNs,
    run.sentNs - run.answer.phases.instantiate.startNs,
  ];
  const answered = [
    ready.gotNs - ready.readyNs,
    load.gotNs - loadedNs(load.answer),
    run.gotNs - run.answer.phases.teardown.endNs,
  ];
  const by = Math.round((Math.max(...asked) + Math.min(...answered)) / 2);
  const moved = ({ startNs: from, endNs: to, ...rest }: Span): Span => {
    return { startNs: from + by, endNs: to + by, ...rest };
  };
  const all = <Phases extends object>(phases: Phases): Phases =>
    Object.fromEntries(
      Object.entries(phases).map(([name, span]) => [name, moved(span as Span)]),
    ) as Phases;
  return {
    ...life,
    ready: { ...ready, startedNs: ready.startedNs + by, readyNs: ready.readyNs + by },
    load: { ...load, answer: { ...load.answer, phases: all(load.answer.phases) } },
    run: { ...run, answer: { ...run.answer, phases: all(run.answer.phases) } },
  };
}

const sample = (metric: string, value: number, by = "wall"): Sample => ({
  level: "cold",
  iteration: 0,
  metric,
  unit: "ns",
  by,
  value,
});

/**
 * Splits the life of a fresh host into its phases. `host-total` is what it would have lived with the first run only:
 * from the fork to the end of that run, and from the request to end to the end. `messages` is the way of requests and
 * answers, in which the engine does nothing; what neither it nor a phase covers is `unexplained`.
 */
export function coldPhases(life: HostLife): Sample[] {
  const { ready, load, run } = life;
  const spans = [...loadSpans(load.answer), ...runSpans(run.answer)];
  const messages =
    ready.gotNs -
    ready.readyNs +
    (load.answer.phases.read.startNs - load.sentNs) +
    (load.gotNs - loadedNs(load.answer)) +
    (run.answer.phases.instantiate.startNs - run.sentNs);
  const parts = [
    sample("process-start", ready.startedNs - life.startNs),
    sample("host-start", ready.readyNs - ready.startedNs),
    ...spans.map(([name, span]) => sample(name, span.endNs - span.startNs)),
    sample("messages", messages),
    sample("exit", life.endNs - life.endSentNs),
  ];
  const total = run.answer.phases.teardown.endNs - life.startNs + (life.endNs - life.endSentNs);
  return [
    ...parts,
    sample("unexplained", total - sum(parts)),
    sample("host-total", total),
    ...spans.map(([name, span]) => sample(name, span.cpuNs, "cpu")),
  ];
}

/** Splits a run in a kept module: `total` is from the instance's making to its end, in the host's own time. */
export function warmPhases({ phases }: RunAnswer, iteration: number): Sample[] {
  const at = (entry: Sample): Sample => ({ ...entry, level: "warm", iteration });
  const spans = runSpans({ phases });
  const parts = spans.map(([name, span]) => at(sample(name, span.endNs - span.startNs)));
  const total = phases.teardown.endNs - phases.instantiate.startNs;
  const cpu = spans.reduce((all, [, span]) => all + span.cpuNs, 0);
  return [
    ...parts,
    at(sample("unexplained", total - sum(parts))),
    at(sample("total", total)),
    at(sample("total", cpu, "cpu")),
    ...spans.map(([name, span]) => at(sample(name, span.cpuNs, "cpu"))),
  ];
}

/**
 * Averages samples of the same metric over every `calls` iterations that follow each other; a rest that is too short
 * for a sample is left out.
 */
export function grouped(samples: readonly Sample[], calls: number): Sample[] {
  if (calls === 1) return [...samples];
  const groups = new Map<string, { first: Sample; sum: number; count: number }>();
  for (const entry of samples) {
    const iteration = Math.floor((entry.iteration - 1) / calls) + 1;
    const key = `${entry.metric} ${entry.by} ${iteration}`;
    const group = groups.get(key) ?? { first: { ...entry, iteration }, sum: 0, count: 0 };
    group.sum += entry.value;
    group.count++;
    groups.set(key, group);
  }
  return [...groups.values()]
    .filter(({ count }) => count === calls)
    .map(({ first, sum: total }) => ({ ...first, value: total / calls, calls }));
}

/** Makes samples of the steady calls of a kept instance, each the mean of `calls` of them. */
export function steadySamples(steadyNs: readonly number[], calls: number): Sample[] {
  const single = steadyNs.map((value, i) => ({
    ...sample("steady-call", value),
    level: "hot" as const,
    iteration: i + 1,
  }));
  return grouped(single, calls);
}

function loadedNs(answer: LoadedAnswer): number {
  return Math.max(...loadSpans(answer).map(([, span]) => span.endNs));
}

type Named = readonly [name: string, span: Span];

function loadSpans({ phases: { read, compile, store, load } }: LoadedAnswer): Named[] {
  return [
    ["read", read] as const,
    ...(compile === undefined ? [] : [["compile", compile] as const]),
    ...(store === undefined ? [] : [["store-artefact", store] as const]),
    ...(load === undefined ? [] : [["load-artefact", load] as const]),
  ];
}

function runSpans({ phases }: Pick<RunAnswer, "phases">): Named[] {
  return [
    ["instantiate", phases.instantiate],
    ["first-call", phases.firstCall],
    ["teardown", phases.teardown],
  ];
}

function sum(samples: readonly Sample[]): number {
  return samples.reduce((total, { value }) => total + value, 0);
}
