// npm packages whose modules are not WASI commands: a driver under test/real/drivers uses each through its own
// JavaScript, and the test substitutes the instrumented module while it loads.
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { committed, inCache, keep, npm, once, run, Unavailable } from "./real-fetch.mjs";

function recipe(name, language, specs, module, { quick = false, driver = `${name}.mjs` } = {}) {
  return {
    name,
    quick,
    prepare() {
      const modules = npm(...specs);
      const file = inCache(keep(name, join(modules, module)));
      const packages = inCache(modules);
      const origin = specs[0];
      return [{ name, language, origin, file, wasi: false, driver, packages, expectedExit: 0 }];
    },
  };
}

export const recipes = [
  recipe("js-resvg", "Rust", ["@resvg/resvg-wasm@2.6.2"], "@resvg/resvg-wasm/index_bg.wasm", {
    quick: true,
  }),
  recipe("js-sqljs", "C", ["sql.js@1.12.0"], "sql.js/dist/sql-wasm.wasm", { quick: true }),
  recipe(
    "js-ruff",
    "Rust",
    ["@astral-sh/ruff-wasm-nodejs@0.17.4"],
    "@astral-sh/ruff-wasm-nodejs/ruff_wasm_bg.wasm",
  ),
  recipe("js-swc", "Rust", ["@swc/wasm@1.13.5"], "@swc/wasm/wasm_bg.wasm"),
  recipe(
    "js-rollup",
    "Rust",
    ["@rollup/wasm-node@4.52.0"],
    "@rollup/wasm-node/dist/wasm-node/bindings_wasm_bg.wasm",
    {
      quick: true,
    },
  ),
  recipe(
    "js-lightningcss",
    "Rust",
    ["lightningcss-wasm@1.30.1"],
    "lightningcss-wasm/lightningcss_node.wasm",
  ),
  recipe(
    "js-dprint",
    "Rust",
    ["@dprint/typescript@0.95.11", "@dprint/formatter@0.4.1"],
    "@dprint/typescript/plugin.wasm",
  ),
  recipe("js-esbuild", "Go", ["esbuild-wasm@0.25.10"], "esbuild-wasm/esbuild.wasm"),
  recipe("js-pyodide", "C", ["pyodide@0.28.3"], "pyodide/pyodide.asm.wasm"),
  recipe("js-pglite", "C", ["@electric-sql/pglite@0.3.8"], "@electric-sql/pglite/dist/pglite.wasm"),
  recipe(
    "js-perl",
    "C",
    ["@6over3/zeroperl-ts@1.0.10"],
    "@6over3/zeroperl-ts/dist/esm/zeroperl.wasm",
  ),
  recipe("js-pandoc", "Haskell", ["wasm-pandoc@1.0.1"], "wasm-pandoc/src/pandoc.wasm"),
  recipe(
    "js-tree-sitter",
    "C",
    ["web-tree-sitter@0.25.10", "tree-sitter-javascript@0.25.0"],
    "web-tree-sitter/tree-sitter.wasm",
  ),
  recipe(
    "js-tree-sitter-grammar",
    "C",
    ["web-tree-sitter@0.25.10", "tree-sitter-javascript@0.25.0"],
    "tree-sitter-javascript/tree-sitter-javascript.wasm",
    {
      driver: "js-tree-sitter.mjs",
    },
  ),
  recipe("js-quickjs", "C", ["quickjs-wasi@3.6.2"], "quickjs-wasi/quickjs.wasm"),
  recipe("js-oniguruma", "C", ["vscode-oniguruma@2.0.1"], "vscode-oniguruma/release/onig.wasm", {
    quick: true,
  }),
  recipe("js-source-map", "Rust", ["source-map@0.7.6"], "source-map/lib/mappings.wasm", {
    quick: true,
  }),
  {
    name: "js-go",
    quick: true,
    prepare() {
      const packages = once(["go-js"], (to) => {
        const goRoot = run("go", ["env", "GOROOT"]).trim();
        // Older versions of Go keep their glue elsewhere.
        const glue = ["lib/wasm", "misc/wasm"].map((folder) =>
          join(goRoot, folder, "wasm_exec.js"),
        );
        const found = glue.find(existsSync);
        if (found === undefined) throw new Unavailable(`no wasm_exec.js in ${goRoot}`);
        copyFileSync(found, join(to, "wasm_exec.js"));
        copyFileSync(join(committed, "../go/words.go.txt"), join(to, "words.go"));
        const env = { GOOS: "js", GOARCH: "wasm", GO111MODULE: "off" };
        run("go", ["build", "-o", "words.wasm", "words.go"], { cwd: to, env });
      });
      const file = inCache(keep("js-go", join(packages, "words.wasm")));
      const row = { name: "js-go", language: "Go", origin: "test/real/go/words.go.txt", file };
      const driver = { driver: "js-go.mjs", packages: inCache(packages) };
      return [{ ...row, ...driver, wasi: false, expectedExit: 0 }];
    },
  },
];
