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
  const loaded = Math.max(...loadSpans(load.answer).map(([, span]) => span.endNs));
  const messages =
    ready.gotNs -
    ready.readyNs +
    (load.answer.phases.read.startNs - load.sentNs) +
    (load.gotNs - loaded) +
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
