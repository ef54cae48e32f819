// Go commands from the module proxy, built by the installed Go for WASI (Go keeps the name section).
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cache, goInstall, inCache, keep, npm } from "./real-fetch.mjs";

function recipe(name, spec, quick, row) {
  return {
    name,
    quick,
    prepare() {
      const more = typeof row === "function" ? row() : row;
      const file = inCache(keep(name, goInstall(spec)));
      const common = { name, language: "Go", origin: spec, file, expectedExit: 0, wasi: true };
      return [{ ...common, dirs: [["inputs", "/in"]], ...more }];
    },
  };
}

export const recipes = [
  recipe("go-gojq", "github.com/itchyny/gojq/cmd/gojq@v0.12.17", true, {
    args: [
      "-c",
      '.rows | group_by(.kind) | map({kind: .[0].kind, n: length, load: (map(.load) | add / length), names: (map(.owner.name // "none" | ascii_upcase) | unique | length)})',
      "/in/data.json",
    ],
  }),
  recipe("go-shfmt", "mvdan.cc/sh/v3/cmd/shfmt@v3.10.0", true, {
    args: ["-i", "2", "-ci", "-s", "/in/long.sh"],
    dirs: [
      ["inputs", "/in"],
      ["work", "/"],
    ],
  }),
  recipe("go-goja", "github.com/dop251/goja/goja@v0.0.0-20250309171923-bcd7cc6bf64c", false, {
    args: ["/in/bench.js"],
  }),
  recipe("go-yaegi", "github.com/traefik/yaegi/cmd/yaegi@v0.16.1", false, {
    args: ["run", "/in/bench.go"],
  }),
  recipe("go-yq", "github.com/mikefarah/yq/v4@v4.44.6", false, {
    args: ["-p", "json", "-o", "yaml", '.rows | filter(.kind == "net") | .[0:60]', "/in/data.json"],
  }),
  recipe("go-esbuild", "github.com/evanw/esbuild/cmd/esbuild@v0.24.2", false, () => {
    const source = readFileSync(join(npm("acorn@8.14.0"), "acorn/dist/acorn.mjs"), "utf8");
    writeFileSync(join(cache, "inputs/acorn.mjs"), source);
    return {
      args: ["/acorn.mjs", "--bundle", "--minify", "--target=es2017"],
      env: { PWD: "/" },
      dirs: [["inputs", "/"]],
    };
  }),
];
