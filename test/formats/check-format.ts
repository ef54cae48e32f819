import assert from "node:assert/strict";
import { Profile as PprofFile } from "pprof-format";
import { MILLISECONDS } from "../../src/profile/firefox.ts";
import { foldedName } from "../../src/profile/folded.ts";
import { frameKey } from "../../src/profile/frames.ts";
import type { Format, Frame, Profile } from "../../src/profile/index.ts";
import { readProfile } from "../../src/profile/index.ts";
import { timeScale } from "../../src/profile/timeline.ts";

type Stacks = Map<string, number[]>;

/** Collects the values of each stack, in the plainest way there is: the writers have a faster one. */
export function stacksOf(
  profile: Profile,
  spell: (frame: Frame) => string = frameKey,
  columns: readonly number[] = profile.valueTypes.map((_, column) => column),
): Stacks {
  const stacks: Stacks = new Map();
  for (let leaf = 0; leaf < profile.parents.length; leaf++) {
    const values = columns.map((column) => profile.selfValues[column]![leaf]!);
    if (values.every((value) => value === 0)) continue;
    const names: string[] = [];
    for (let node = leaf; node !== -1; node = profile.parents[node]!) {
      names.push(spell(profile.frames[profile.nodeFrames[node]!]!));
    }
    const key = names.toReversed().join("\u0001;");
    const known = stacks.get(key);
    stacks.set(key, known ? known.map((value, index) => value + values[index]!) : values);
  }
  return new Map([...stacks].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** How a format changes a profile: what of a frame it keeps, which columns, and how it scales them. */
interface Facts {
  readonly spell: (frame: Frame) => string;
  readonly onlyPrimary: boolean;
  readonly fractions: boolean;
  /** The totals as someone else reads them from the file. */
  readonly totals: (bytes: Uint8Array, profile: Profile) => number[];
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** What UTF-8 keeps of a text: no lone surrogates. */
function wellFormed(value: string): string {
  return text(new TextEncoder().encode(value));
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

interface JsonFile {
  totals: Record<string, number>;
  valueTypes: { key: string }[];
}

interface SpeedscopeFile {
  profiles: { weights: number[]; endValue: number }[];
}

interface FirefoxFile {
  threads: { samples: { weight: number[] } }[];
}

interface CpuProfileFile {
  nodes: { hitCount: number }[];
}

interface TraceFile {
  traceEvents: { ts: number; dur?: number }[];
}

const FACTS: Readonly<Record<string, Facts>> = {
  json: {
    spell: frameKey,
    onlyPrimary: false,
    fractions: true,
    totals: (bytes) => {
      const file: JsonFile = JSON.parse(text(bytes));
      return file.valueTypes.map(({ key }) => file.totals[key]!);
    },
  },
  speedscope: {
    spell: ({ name, file, line }) => JSON.stringify([name, file, line]),
    onlyPrimary: false,
    fractions: true,
    totals: (bytes) => {
      const file: SpeedscopeFile = JSON.parse(text(bytes));
      return file.profiles.map(({ weights, endValue }) => {
        assert.equal(sum(weights), endValue);
        return endValue;
      });
    },
  },
  firefox: {
    // Symbols are those of the module's functions; what was inlined has that of the one around it.
    spell: ({ mangledName, ...frame }) => {
      const hasSymbol = frame.funcIndex !== undefined && !frame.inlined;
      return frameKey({ ...frame, ...(hasSymbol && mangledName !== undefined && { mangledName }) });
    },
    onlyPrimary: false,
    fractions: true,
    totals: (bytes, { primary, valueTypes }) => {
      const file: FirefoxFile = JSON.parse(text(bytes));
      const sums = file.threads.map(({ samples }) => sum(samples.weight));
      const [first = 0, ...others] = sums;
      const inOrder = [...others.slice(0, primary), first, ...others.slice(primary)];
      return inOrder.map((total, column) => total / MILLISECONDS[valueTypes[column]!.unit]);
    },
  },
  cpuprofile: {
    spell: ({ name, file, funcIndex }) => JSON.stringify([name, file, funcIndex]),
    onlyPrimary: true,
    fractions: false,
    totals: (bytes) => {
      const file: CpuProfileFile = JSON.parse(text(bytes));
      return [sum(file.nodes.map(({ hitCount }) => hitCount))];
    },
  },
  trace: {
    spell: ({ name }) => name,
    onlyPrimary: true,
    fractions: true,
    totals: (bytes, profile) => {
      const { traceEvents }: TraceFile = JSON.parse(text(bytes));
      const type = profile.valueTypes[profile.primary]!;
      const total = sum([...profile.selfValues[profile.primary]!]);
      const ends = traceEvents.map(({ ts, dur = 0 }) => ts + dur);
      const found = Math.max(...ends) * timeScale(type, total).perMicrosecond;
      // Times are fractions of microseconds where counts are large.
      return [Math.abs(found - total) <= total * 1e-12 ? total : found];
    },
  },
  callgrind: {
    spell: ({ name }) => name,
    onlyPrimary: false,
    fractions: false,
    totals: (bytes, { primary }) => {
      const sums = text(bytes)
        .match(/^totals: (.*)$/m)![1]!
        .split(" ")
        .map(Number);
      const [first = 0, ...others] = sums;
      return [...others.slice(0, primary), first, ...others.slice(primary)];
    },
  },
  pprof: {
    spell: ({ host: _host, estimated: _estimated, ...frame }) =>
      wellFormed(frameKey(frame)).replaceAll(/\\ud[89a-f]../g, "\ufffd"),
    onlyPrimary: false,
    fractions: false,
    totals: (bytes) => {
      const file = PprofFile.decode(bytes);
      return file.sampleType.map((_, column) =>
        sum(file.sample.map(({ value }) => Number(value[column]))),
      );
    },
  },
  svg: {
    spell: ({ name }) => name,
    onlyPrimary: true,
    fractions: true,
    totals: (bytes) => [Number(/<g class="box" data-v="([^"]*)">/.exec(text(bytes))?.[1])],
  },
  folded: {
    spell: ({ name }) => wellFormed(foldedName(name)),
    onlyPrimary: true,
    fractions: false,
    totals: (bytes) => [
      sum(
        text(bytes)
          .split("\n")
          .slice(0, -1)
          .map((line) => Number(/ (\d+)$/.exec(line)![1])),
      ),
    ],
  },
};

/**
 * Checks the laws that every format keeps: the same profile gives the same bytes; the totals in the
 * file are the model's; and what is read back, with no file name to go by, has the same stacks with
 * the same values.
 */
export function checkFormat(format: Format, profile: Profile): void {
  const facts = FACTS[format.name]!;
  const bytes = format.write(profile);
  assert.deepEqual(format.write(profile), bytes, "written twice");

  const all = profile.valueTypes.map((_, column) => column);
  const columns = facts.onlyPrimary ? [profile.primary] : all;
  const scales = columns.map((column) => {
    const whole = profile.selfValues[column]!.every(Number.isInteger);
    return facts.fractions || whole ? 1 : 1e9;
  });
  const totals = columns.map((column, index) =>
    sum([...profile.selfValues[column]!].map((value) => value * scales[index]!)),
  );
  assert.deepEqual(facts.totals(bytes, profile), totals, "totals in the file");

  if (!format.read) return;
  const found = readProfile(bytes);
  if (bytes.length === 0) {
    assert.equal(found, null, "an empty file is of no format");
    return;
  }
  assert.equal(found?.format.name, format.name, "detected by content");
  const wanted = [...stacksOf(profile, facts.spell, columns)].map(
    ([stack, values]) => [stack, values.map((value, index) => value * scales[index]!)] as const,
  );
  assert.deepEqual([...stacksOf(found.profile, facts.spell)], wanted, "stacks read back");
  // Once more: whatever the format cannot hold is gone by now.
  const again = readProfile(format.write(found.profile));
  assert.deepEqual([...stacksOf(again!.profile, facts.spell)], wanted, "stacks read back twice");
}
