import { instrument, instrumentForHost, readCounts } from "../../instrument/index.ts";
import { functionTotals } from "../../profile/index.ts";
import { prepareInNode, sampledStacks, startSampling } from "../../runtimes/index.ts";
import type { NodeGuest } from "../../runtimes/index.ts";
import { decodeModule } from "../../wasm/index.ts";
import { functionFrames } from "../exact/function-names.ts";
import { hashMapProfiler } from "../host-abi/hash-map-profiler.ts";
import { hostProfiler } from "../host-abi/host-profiler.ts";
import { readWords } from "../exact/profile-run.ts";
import { countRun } from "../time/calibrate.ts";
import { timeRun } from "../time/run.ts";
import { functionStacks } from "../time/stacks.ts";

/** What one run of a design has found. */
export interface DesignRun {
  /** Own cost by name of function: nanoseconds, samples or instructions. */
  readonly self: Readonly<Record<string, number>>;
  /** Microseconds of CPU time of the guest's run. */
  readonly cpuUs: number;
}

/** A way to find out where a program spends its time. */
export interface Design {
  readonly name: string;
  readonly title: string;
  run(bytes: Uint8Array, args: readonly string[]): DesignRun | Promise<DesignRun>;
}

const module = { name: "", sha256: "" };
const clock = (): number => performance.now() * 1e6;
const guestOf = (args: readonly string[]): Parameters<typeof prepareInNode>[1] => ({
  args: ["guest", ...args],
  env: {},
  dirs: [],
});

/** The designs that are compared, the plain module first. */
export const designs: readonly Design[] = [
  {
    name: "plain",
    title: "the module as it is",
    run: (bytes, args) => ({ self: {}, cpuUs: cpuOf(prepareInNode(bytes, guestOf(args))) }),
  },
  {
    name: "hash-map",
    title: "every call timed, a hash map of stacks",
    run(bytes, args) {
      const frameOf = functionFrames(decodeModule(bytes));
      const { imports, selfTimes } = hashMapProfiler(clock, (index) => frameOf(index).name);
      const guest = prepareInNode(instrumentForHost(bytes).bytes, guestOf(args), { imports });
      const cpuUs = cpuOf(guest);
      const self: Record<string, number> = {};
      for (const [stack, time] of selfTimes()) {
        const name = stack.slice(stack.lastIndexOf(";") + 1);
        self[name] = (self[name] ?? 0) + time;
      }
      return { self, cpuUs };
    },
  },
  {
    name: "tree",
    title: "every call timed, a call tree (--abi host)",
    run(bytes, args) {
      const profiler = hostProfiler();
      const guest = prepareInNode(instrumentForHost(bytes).bytes, guestOf(args), {
        imports: profiler.imports,
      });
      const cpuUs = cpuOf(guest);
      const profile = profiler.profile(module, functionFrames(decodeModule(bytes)));
      return { self: selfOf(profile, 1), cpuUs };
    },
  },
  {
    name: "time",
    title: "--mode time",
    run(bytes, args) {
      const { profile, cpuUs } = timeRun(bytes, { module, guest: guestOf(args) });
      return { self: selfOf(profile, 1), cpuUs };
    },
  },
  {
    name: "calibrated",
    title: "--mode time --calibrate",
    async run(bytes, args) {
      const guest = guestOf(args);
      const counted = await countRun(bytes, { guest });
      const { profile, cpuUs } = timeRun(bytes, { module, guest, counted });
      return { self: selfOf(profile, 1), cpuUs };
    },
  },
  {
    name: "sampled",
    title: "V8's sampling profiler, 1000 times a second",
    run(bytes, args) {
      const guest = prepareInNode(bytes, guestOf(args));
      const sampling = startSampling(1000);
      const cpuUs = cpuOf(guest);
      const samples = sampling === undefined ? [] : sampledStacks(sampling.stop());
      const decoded = decodeModule(bytes);
      const frameOf = functionFrames(decoded);
      const self: Record<string, number> = {};
      for (const { functions, hits } of functionStacks(samples, decoded, decoded, () => false)) {
        const { name } = frameOf(functions.at(-1)!);
        self[name] = (self[name] ?? 0) + hits;
      }
      return { self, cpuUs };
    },
  },
  {
    name: "insns",
    title: "exact instructions (--mode insns)",
    run(bytes, args) {
      const guest = prepareInNode(instrument(bytes, { mode: "insns" }).bytes, guestOf(args));
      const cpuUs = cpuOf(guest);
      const frameOf = functionFrames(decodeModule(bytes));
      const { functions } = readCounts(bytes, "insns", readWords(guest.exports));
      const entries = functions.map(
        ({ funcIndex, instructions = 0 }) => [frameOf(funcIndex).name, instructions] as const,
      );
      return { self: Object.fromEntries(entries), cpuUs };
    },
  },
];

function cpuOf(guest: NodeGuest): number {
  const before = process.cpuUsage();
  guest.run();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function selfOf(
  profile: Parameters<typeof functionTotals>[0],
  column: number,
): Record<string, number> {
  return Object.fromEntries(
    functionTotals(profile).map(({ frame, self }) => [frame.name, self[column]!]),
  );
}
