import { damaged, installed, runtimes, toolsForRuntimes } from "../../runtimes/index.ts";
import type { Io, Parsed } from "../command.ts";
import { selectRuntime } from "../runtime-choice.ts";

/** Something that is not as it could be. */
interface Complaint {
  readonly what: string;
  readonly mend: string;
}

const installing = "wasmscope runtimes install ";

/** Says what is missing or damaged, and what to type; the exit code is 1 when something is. */
export async function doctor(names: readonly string[], _parsed: Parsed, io: Io): Promise<number> {
  const chosen = names.length === 0 ? runtimes.map(({ name }) => name) : names;
  const complaints: Complaint[] = toolsForRuntimes()
    .filter(({ there }) => !there)
    .map(({ name, why, mend }) => ({ what: `${name} is missing: ${why}`, mend }));
  for (const text of chosen) complaints.push(...(await examine(text, io)));
  for (const { what, mend } of complaints) io.stdout(`${what}\n    ${mend}\n`);
  if (complaints.length === 0) {
    io.stdout("nothing is missing\n");
    return 0;
  }
  io.stdout(`\nAll at once:\n    ${together(complaints)}\n`);
  return 1;
}

async function examine(text: string, io: Io): Promise<Complaint[]> {
  const { runtime, version } = selectRuntime(text);
  const complaints: Complaint[] = [];
  const found = await runtime.find(version);
  if (found.found) io.stdout(`${text}: ${found.version}, ${found.path}\n`);
  else complaints.push({ what: `${text}: ${found.why}`, mend: found.mend });
  for (const one of installed(runtime.name)) {
    const bad = await damaged(one);
    if (bad.length === 0) continue;
    complaints.push({
      what: `${runtime.name} ${one.version}: changed since it was installed: ${bad.join(", ")}`,
      mend: `rm -r ${one.folder} && ${installing}${runtime.name}@${one.version}`,
    });
  }
  return complaints;
}

/** Joins commands into one; those of our own become a single one. */
function together(complaints: readonly Complaint[]): string {
  const mends = [...new Set(complaints.map(({ mend }) => mend))];
  const own = mends.filter((mend) => mend.startsWith(installing));
  const names = own.map((mend) => mend.slice(installing.length));
  const others = mends.filter((mend) => !mend.startsWith(installing));
  return [...others, ...(own.length === 0 ? [] : [installing + names.join(" ")])].join(" && ");
}
