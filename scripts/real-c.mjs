// C libraries and interpreters whose sources cargo's crates carry, compiled by clang against WASI's C library.
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { crateSources, committed, inCache, keep, once, run, Unavailable } from "./real-fetch.mjs";

const own = join(committed, "../c");
const hint = "apt-get install clang-16 lld-16 wasi-libc libclang-rt-16-dev-wasm32";

let found;
/** Finds a clang that links for WASI: distributions number it. */
function clang() {
  found ??= ["clang", "clang-16", "clang-17", "clang-18", "clang-19", "clang-20"].find((name) => {
    try {
      const libraries = run(name, ["--target=wasm32-wasi", "-print-file-name=crt1.o"]).trim();
      return existsSync(libraries) || existsSync("/usr/lib/wasm32-wasi/crt1.o");
    } catch {
      return false;
    }
  });
  if (!found) throw new Unavailable(`no C compiler for WASI here: ${hint}`);
  return found;
}

/**
 * Compiles each file and then links: in one step clang would run the distribution's wasm-opt, which drops names and
 * knows too few features.
 */
function compile(name, { sources, flags = [], libraries = [] }) {
  const compiler = clang();
  const folder = once(["c", name], (to) => {
    const target = ["--target=wasm32-wasi", "-O2", "-g", "-w", ...flags];
    const objects = sources.map((source, i) => {
      const object = join(to, `${i}.o`);
      run(compiler, [...target, "-c", source, "-o", object]);
      return object;
    });
    run(compiler, [
      "--target=wasm32-wasi",
      ...objects,
      ...libraries,
      "-o",
      join(to, "linked.wasm"),
    ]);
  });
  mkdirSync(folder, { recursive: true });
  return keep(name, join(folder, "linked.wasm"));
}

const cFiles = (folder, except = []) =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".c") && !except.includes(file))
    .toSorted()
    .map((file) => join(folder, file));

const emulated = ["signal", "process-clocks", "mman", "getpid"];
const emulationFlags = [
  "-D_WASI_EMULATED_SIGNAL",
  "-D_WASI_EMULATED_PROCESS_CLOCKS",
  "-D_WASI_EMULATED_MMAN",
  "-D_WASI_EMULATED_GETPID",
];
const emulationLibraries = emulated.map((part) => `-lwasi-emulated-${part}`);

function row(name, origin, file, rest) {
  return { name, language: "C", origin, file: inCache(file), expectedExit: 0, wasi: true, ...rest };
}
const readInputs = [["inputs", "/in"]];

export const recipes = [
  {
    name: "c-lua",
    quick: true,
    prepare() {
      const lua = join(crateSources("lua-src", "551.1.0"), "lua-5.4.9");
      const file = compile("c-lua", {
        sources: [join(own, "lua.c"), ...cFiles(lua)],
        flags: [`-I${own}`, `-I${lua}`, "-include", join(own, "wasi-shim.h"), ...emulationFlags],
        libraries: emulationLibraries,
      });
      const args = ["/in/bench.lua"];
      return [row("c-lua", "crate lua-src 551.1.0 (Lua 5.4.9)", file, { args, dirs: readInputs })];
    },
  },
  {
    name: "c-bzip2",
    quick: true,
    prepare() {
      const folder = join(crateSources("bzip2-sys", "0.1.13+1.0.8"), "bzip2-1.0.8");
      const parts = [
        "blocksort",
        "huffman",
        "crctable",
        "randtable",
        "compress",
        "decompress",
        "bzlib",
      ];
      const file = compile("c-bzip2", {
        sources: [join(own, "bzip2.c"), ...parts.map((part) => join(folder, `${part}.c`))],
        flags: [`-I${folder}`, "-DBZ_NO_STDIO"],
      });
      const args = ["/in/words.txt"];
      return [
        row("c-bzip2", "crate bzip2-sys 0.1.13 (bzip2 1.0.8)", file, { args, dirs: readInputs }),
      ];
    },
  },
  {
    name: "c-zstd",
    quick: false,
    prepare() {
      const folder = join(crateSources("zstd-sys", "2.1.3+zstd.1.5.7"), "zstd/lib");
      const sources = ["common", "compress", "decompress"].flatMap((part) =>
        cFiles(join(folder, part)),
      );
      const file = compile("c-zstd", {
        sources: [join(own, "zstd.c"), ...sources],
        flags: [`-I${folder}`, "-DZSTD_DISABLE_ASM", "-DXXH_NAMESPACE=ZSTD_"],
      });
      const args = ["/in/words.txt"];
      return [row("c-zstd", "crate zstd-sys 2.1.3 (zstd 1.5.7)", file, { args, dirs: readInputs })];
    },
  },
  {
    name: "c-sqlite",
    quick: false,
    prepare() {
      const folder = join(crateSources("libsqlite3-sys", "0.40.0"), "sqlite3");
      const file = compile("c-sqlite", {
        sources: [join(own, "sqlite.c"), join(folder, "sqlite3.c")],
        flags: [
          `-I${folder}`,
          "-DSQLITE_THREADSAFE=0",
          "-DSQLITE_OMIT_LOAD_EXTENSION",
          "-DSQLITE_OMIT_SHARED_MEM",
          "-DSQLITE_OMIT_WAL",
          ...emulationFlags,
        ],
        libraries: emulationLibraries,
      });
      const args = ["/in/bench.sql"];
      return [row("c-sqlite", "crate libsqlite3-sys 0.40.0", file, { args, dirs: readInputs })];
    },
  },
  {
    name: "c-quickjs",
    quick: false,
    prepare() {
      const folder = join(crateSources("rquickjs-sys", "0.14.0"), "quickjs");
      const parts = ["qjs", "quickjs", "quickjs-libc", "libregexp", "libunicode", "dtoa"];
      const repl = ["gen/repl.c", "gen/standalone.c"];
      const file = compile("c-quickjs", {
        sources: [...parts.map((part) => `${part}.c`), ...repl].map((part) => join(folder, part)),
        flags: [`-I${folder}`, "-D_GNU_SOURCE", '-DCONFIG_VERSION="ng"', ...emulationFlags],
        libraries: emulationLibraries,
      });
      const args = ["/in/bench.js"];
      return [
        row("c-quickjs", "crate rquickjs-sys 0.14.0 (QuickJS-ng)", file, {
          args,
          dirs: readInputs,
        }),
      ];
    },
  },
];
