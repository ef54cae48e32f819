import { writeCallgrind } from "./callgrind.ts";
import { readCpuProfile } from "./cpuprofile-read.ts";
import { writeCpuProfile } from "./cpuprofile.ts";
import { readFirefox } from "./firefox-read.ts";
import { writeFirefox } from "./firefox.ts";
import { readFolded, writeFolded } from "./folded.ts";
import { readJson } from "./json-read.ts";
import { writeJson } from "./json.ts";
import type { Profile } from "./model.ts";
import { readPprof } from "./pprof-read.ts";
import { writePprof } from "./pprof.ts";
import { readSpeedscope } from "./speedscope-read.ts";
import { writeSpeedscope } from "./speedscope.ts";
import { writeSvg } from "./svg.ts";
import { writeTrace } from "./trace.ts";

/** A file format for profiles. */
export interface Format {
  /** The name on the command line. */
  readonly name: string;
  /** What the file is for, a few words. */
  readonly title: string;
  /** Endings of file names with their dot, the usual one first. */
  readonly extensions: readonly string[];
  /** Beginnings of file names, where a tool looks for files by these. */
  readonly prefixes?: readonly string[];
  /**
   * Whether the file on disk is gzipped, also when its name does not end in `.gz`. This folder compresses
   * nothing: whoever writes the file does, with no time and a fixed operating system byte (10th byte, 255) in the header so that equal
   * profiles give equal files, and whoever reads one unzips whatever starts with 1f 8b.
   */
  readonly gzip: boolean;
  /** Returns the content of the file, before gzip; the same bytes for the same profile. */
  readonly write: (profile: Profile) => Uint8Array;
  /**
   * Returns the profile in an unzipped file, null when the content is of another format. Throws a
   * `ProfileError` or a `DecodeError` when it is of this format but broken.
   */
  readonly read?: (bytes: Uint8Array) => Profile | null;
}

/** All formats, those that are told apart most surely first; `readProfile` asks them in this order. */
export const formats: readonly Format[] = [
  {
    name: "json",
    title: "totals, functions and tree for scripts",
    extensions: [".json"],
    gzip: false,
    write: writeJson,
    read: readJson,
  },
  {
    name: "speedscope",
    title: "the speedscope viewer",
    extensions: [".speedscope.json"],
    gzip: false,
    write: writeSpeedscope,
    read: readSpeedscope,
  },
  {
    name: "pprof",
    title: "go tool pprof and everything built on it",
    extensions: [".pb.gz", ".pprof"],
    gzip: true,
    write: writePprof,
    read: readPprof,
  },
  {
    name: "firefox",
    title: "profiler.firefox.com",
    extensions: [".firefox.json", ".firefox.json.gz"],
    gzip: false,
    write: writeFirefox,
    read: readFirefox,
  },
  {
    name: "cpuprofile",
    title: "developer tools of browsers, editors",
    extensions: [".cpuprofile"],
    gzip: false,
    write: writeCpuProfile,
    read: readCpuProfile,
  },
  {
    name: "trace",
    title: "Perfetto and chrome://tracing",
    extensions: [".trace.json", ".trace.json.gz"],
    gzip: false,
    write: writeTrace,
  },
  {
    name: "callgrind",
    title: "KCachegrind and callgrind_annotate",
    extensions: [".callgrind"],
    prefixes: ["callgrind.out."],
    gzip: false,
    write: writeCallgrind,
  },
  {
    name: "svg",
    title: "a flame graph for any browser",
    extensions: [".svg"],
    gzip: false,
    write: writeSvg,
  },
  {
    // Last, as any text might be folded stacks.
    name: "folded",
    title: "one line a stack, for flame graph scripts",
    extensions: [".folded", ".collapsed", ".txt"],
    gzip: false,
    write: writeFolded,
    read: readFolded,
  },
];

/** Returns the format, of those given, that a file name asks for by its longest matching ending, or beginning. */
export function formatOf(fileName: string, among: readonly Format[] = formats): Format | undefined {
  const lower = fileName.toLowerCase();
  const base = lower.slice(lower.lastIndexOf("/") + 1);
  let best: { format: Format; length: number } | undefined;
  for (const format of among) {
    const matches = [
      ...format.extensions.filter((extension) => lower.endsWith(extension)),
      ...(format.prefixes ?? []).filter((prefix) => base.startsWith(prefix)),
    ];
    for (const { length } of matches) {
      if (length > (best?.length ?? 0)) best = { format, length };
    }
  }
  return best?.format;
}

/** A profile that was read and the format it was in. */
export interface ReadResult {
  readonly format: Format;
  readonly profile: Profile;
}

/** Reads a profile in whichever format its content is; null when it is in none. */
export function readProfile(bytes: Uint8Array): ReadResult | null {
  for (const format of formats) {
    const profile = format.read?.(bytes);
    if (profile) return { format, profile };
  }
  return null;
}
