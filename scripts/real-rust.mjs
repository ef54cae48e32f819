// Rust commands from the crates registry, built for WASI with names and line tables.
import { cargoInstall, inCache, keep } from "./real-fetch.mjs";

function recipe(name, spec, command, quick, row, ...flags) {
  return {
    name,
    quick,
    prepare() {
      const file = inCache(keep(name, cargoInstall(spec, command, ...flags)));
      const common = { name, language: "Rust", origin: `crate ${spec}`, file, expectedExit: 0 };
      return [{ ...common, wasi: true, dirs: [["inputs", "/in"]], ...row }];
    },
  };
}

export const recipes = [
  recipe("rust-svgbob", "svgbob_cli@0.7.6", "svgbob_cli", false, { args: ["/in/diagram.txt"] }),
  recipe("rust-resvg", "resvg@0.45.1", "resvg", false, {
    args: ["--zoom", "2", "/in/picture.svg", "/out/picture.png"],
    dirs: [
      ["inputs", "/in"],
      ["work", "/out"],
    ],
  }),
  recipe("rust-ripgrep", "ripgrep@14.1.1", "rg", false, {
    args: [
      "-j1",
      "--no-config",
      "--no-mmap",
      "--sort",
      "path",
      "-c",
      "\\b(ka|lo)\\w+\\s(mi|tos)\\b|\\d{3,}",
      "/in",
    ],
  }),
];
