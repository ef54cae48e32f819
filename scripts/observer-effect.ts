// Shows what measuring does to what is measured, with the real clock: `npx tsc -p tsconfig.test.json && node
// .build/scripts/observer-effect.js [ROUNDS]`. Two functions whose work stands 80 : 20 are measured by a hash map of
// stacks and by the call tree of `hostProfiler`; the smaller the functions are, the more of the figures is the
// profiler's own work. Prints a table; its figures differ from machine to machine, so no test looks at them.
import wabtModule from "wabt";
import { functionFrames, hostProfiler } from "../src/collect/index.ts";
import { instrumentForHost } from "../src/instrument/index.ts";
import { functionTotals } from "../src/profile/index.ts";
import { decodeModule } from "../src/wasm/index.ts";
import { hashMapProfiler } from "../src/collect/host-abi/hash-map-profiler.ts";

const wabt = await wabtModule();
const rounds = Number(process.argv[2] ?? 200);

/** Makes a module whose `complex` and `simple` do four and one times `steps` steps a call. */
function program(steps: number): Uint8Array<ArrayBuffer> {
  const body = (count: number): string => `
    (local $i i32)
    (loop $next
      (global.set $sink
        (i32.add (i32.mul (global.get $sink) (i32.const 1664525)) (i32.const 1013904223)))
      (br_if $next (i32.lt_s
        (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${count}))))`;
  const module = wabt.parseWat(
    "observer.wat",
    `(module
      (global $sink (mut i32) (i32.const 1))
      (func $complex ${body(4 * steps)})
      (func $simple ${body(steps)})
      (func $main (export "main") (param $rounds i32)
        (loop $next
          (call $complex)
          (call $simple)
          (br_if $next
            (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))))`,
  );
  return Uint8Array.from(module.toBinary({ write_debug_names: true }).buffer);
}

type Main = (rounds: number) => void;
const instantiate = (module: WebAssembly.Module, imports: WebAssembly.Imports): Main =>
  new WebAssembly.Instance(module, imports).exports["main"] as Main;
const now = (): number => performance.now() * 1e6;

interface Seen {
  readonly complex: number;
  readonly simple: number;
  /** Nanoseconds of the whole run. */
  readonly elapsed: number;
}

function timed(run: Main, calls: number): number {
  const before = now();
  run(calls);
  return now() - before;
}

function withHashMap(
  module: WebAssembly.Module,
  nameOf: (index: number) => string,
  calls: number,
): Seen {
  const { imports, selfTimes } = hashMapProfiler(now, nameOf);
  const elapsed = timed(instantiate(module, imports), calls);
  const times = selfTimes();
  return { complex: times.get("main;complex")!, simple: times.get("main;simple")!, elapsed };
}

function withTree(
  module: WebAssembly.Module,
  frameOf: ReturnType<typeof functionFrames>,
  calls: number,
): Seen {
  const profiler = hostProfiler({ poolSize: 100 });
  const elapsed = timed(instantiate(module, profiler.imports), calls);
  const totals = functionTotals(profiler.profile({ name: "observer", sha256: "" }, frameOf));
  const timeOf = (name: string): number =>
    totals.find(({ frame }) => frame.name === name)?.self[1] ?? NaN;
  return { complex: timeOf("complex"), simple: timeOf("simple"), elapsed };
}

/** The least of each figure: a run is so short that some are not disturbed, and the first ones warm the engine up. */
function best(run: () => Seen): Seen {
  const runs = Array.from({ length: rounds }, run);
  const least = (figure: keyof Seen): number => Math.min(...runs.map((seen) => seen[figure]));
  return { complex: least("complex"), simple: least("simple"), elapsed: least("elapsed") };
}

const print = (...cells: readonly (string | number)[]): void => {
  const [first, ...rest] = cells;
  console.log(
    [String(first).padEnd(24), ...rest.map((cell) => String(cell).padStart(12))].join(""),
  );
};

console.log(`True share: 80.0 : 20.0. Nanoseconds a call, the least of ${rounds} runs.\n`);
print("steps (complex : simple)", "profiler", "complex", "simple", "share", "run");
for (const steps of [5, 20, 100, 500, 2000]) {
  const original = program(steps);
  const plainModule = new WebAssembly.Module(original);
  const module = new WebAssembly.Module(Uint8Array.from(instrumentForHost(original).bytes));
  const frameOf = functionFrames(decodeModule(original));
  const calls = Math.ceil(3e5 / (steps + 100));
  const plain = best(() => ({
    complex: NaN,
    simple: NaN,
    elapsed: timed(instantiate(plainModule, {}), calls),
  }));
  const each = (time: number): string => (time / calls).toFixed(1);
  print(`${4 * steps} : ${steps}`, "none", "", "", "", each(plain.elapsed));
  for (const [name, seen] of [
    ["hash map", best(() => withHashMap(module, (index) => frameOf(index).name, calls))],
    ["tree", best(() => withTree(module, frameOf, calls))],
  ] as const) {
    const share = (100 * seen.complex) / (seen.complex + seen.simple);
    const shares = `${share.toFixed(1)} : ${(100 - share).toFixed(1)}`;
    print("", name, each(seen.complex), each(seen.simple), shares, each(seen.elapsed));
  }
}
