import { readFileSync } from "node:fs";
import { killGroup, packageFile } from "../src/sys/index.ts";
import { EbpfSession } from "../src/trace/ebpf/session.ts";
import type { ObservedRuntime } from "../src/trace/index.ts";
import { marksIn } from "../src/trace/marks.ts";
import { startStopped } from "../src/trace/start-stopped.ts";
import { findTarget } from "../src/trace/target.ts";

const tries = 5;

/** Says how long attaching to all functions of a runtime takes, and detaching: the median of some tries. */
export async function measureAttaching({ runtime, found, tier }: ObservedRuntime): Promise<string> {
  const job = { module: packageFile("hosts/ebpf/calls.wasm"), args: ["calls"], env: {}, dirs: [] };
  const command = runtime.command(found, tier, job);
  const target = findTarget(runtime.name, found, command, () => true);
  // Its functions are in what is made of a module.
  if (target === undefined) return "";
  const marks = marksIn(target.path, runtime.name, target.places);
  const names = target.places.entries.map(({ name }) => name);
  const pairs = target.places.entries.length + marks.guests.length;
  const ms: { readonly attach: number; readonly detach: number }[] = [];
  for (let nth = 0; nth < tries; nth++) {
    const { pid } = await startStopped(command, [0, 2, 2]);
    try {
      const start = performance.now();
      const session = new EbpfSession(readFileSync(packageFile("hosts/ebpf/wasi.bpf.o")), {
        pid,
        marks,
        path: target.path,
        places: target.places,
        numberOf: (name) => names.indexOf(name) + 1,
      });
      const attached = performance.now();
      session.close();
      ms.push({ attach: attached - start, detach: performance.now() - attached });
    } finally {
      killGroup(pid);
    }
  }
  const middle = (of: (one: (typeof ms)[number]) => number): string => {
    const sorted = ms.map(of).toSorted((a, b) => a - b);
    return sorted[Math.floor(tries / 2)]!.toFixed(0);
  };
  return `${pairs} pairs: ${middle(({ attach }) => attach)} ms, ${middle(({ detach }) => detach)} ms`;
}
