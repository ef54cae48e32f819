import type { Frame, Profile } from "../../src/profile/index.ts";
import { treeProfile } from "../../src/profile/index.ts";
import { head } from "./samples.ts";

const NAMES = [
  "_start",
  "main",
  "app::config::Config::load",
  "app::json::Parser::parse_value",
  "app::json::Parser::parse_object",
  "app::json::Parser::parse_array",
  "app::json::Parser::parse_string",
  "core::str::converts::from_utf8",
  "alloc::vec::Vec<T>::push",
  "alloc::raw_vec::RawVec<T,A>::grow_one",
  "dlmalloc::dlmalloc::Dlmalloc<A>::malloc",
  "dlmalloc::dlmalloc::Dlmalloc<A>::free",
  "memcpy",
  "memset",
  "core::fmt::write",
  "core::fmt::Formatter::pad_integral",
  "core::num::flt2dec::strategy::dragon::format_exact",
  "hashbrown::raw::RawTable<T,A>::reserve_rehash",
  "<app::report::Html as core::fmt::Display>::fmt",
  "app::eval::Interpreter::run",
  "app::eval::Interpreter::call",
  "app::eval::binary_op",
  "app::gc::mark",
  "app::gc::sweep",
  "std::io::Write::write_all",
  "fd_write",
  "__wasi_clock_time_get",
  "app::regex::Machine<'_>::step",
  "app::regex::compile::<impl Fn(char) -> bool>::{closure#0}",
  "sort::pdq::partition",
  "sort::pdq::insertion_sort",
  "quicksort",
  "crc32_update",
  "sha256_block",
];

/** Returns numbers in [0, 1) that are the same in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Builds a tree of `nodes` nodes that looks like that of a real program: deep, with few heavy branches. */
export function realisticTree(nodes: number): Profile {
  const tree = { nodes, functions: NAMES.length };
  // The younger of three nodes, so that stacks get deeper than in a tree of chance.
  return randomTree(tree, (random) => Math.max(random(), random(), random()) ** 0.5);
}

/** Builds a tree of very many nodes and functions; each node may be called by any before it. */
export function wideTree(nodes: number): Profile {
  return randomTree({ nodes, functions: 5000 }, (random) => random());
}

function randomTree(
  { nodes, functions }: { readonly nodes: number; readonly functions: number },
  older: (random: () => number) => number,
): Profile {
  const random = randomNumbers(7);
  const frames = Array.from({ length: functions }, (_, funcIndex): Frame => {
    const name =
      NAMES[funcIndex] ?? `app::generated::module_${funcIndex % 97}::function_${funcIndex}`;
    return { name, funcIndex: funcIndex + 4 };
  });
  const parents = new Int32Array(nodes);
  const nodeFrames = new Int32Array(nodes);
  const calls = new Float64Array(nodes);
  const insns = new Float64Array(nodes);
  for (let node = 0; node < nodes; node++) {
    parents[node] = node === 0 ? -1 : Math.min(node - 1, Math.floor(older(random) * node));
    nodeFrames[node] = node < 2 ? node : 2 + Math.floor(random() * (functions - 2));
    calls[node] = 1 + Math.floor(random() * 1000);
    insns[node] = Math.floor(random() ** 8 * 20_000_000);
  }
  return treeProfile(head({ notes: nodes > 1000 ? [] : ["12 calls found no room in the tree."] }), {
    frames,
    parents,
    nodeFrames,
    selfValues: [calls, insns],
  });
}
