import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Elf } from "./elf.ts";

/** Where distributions put what they strip from programs. */
const systemFolder = "/usr/lib/debug";

/**
 * Finds the file with the symbols that were stripped from another one: by the build's number, or by the name that the
 * stripped file gives. Undefined when there is none. Symbols that are packed into the file itself (`.gnu_debugdata`, by
 * xz) are not read.
 */
export function findDebugFile(path: string, elf: Elf): string | undefined {
  const build = buildOf(elf);
  const byBuild =
    build === undefined
      ? []
      : [join(systemFolder, ".build-id", build.slice(0, 2), `${build.slice(2)}.debug`)];
  const name = linkOf(elf);
  const folder = dirname(path);
  const byName =
    name === undefined
      ? []
      : [join(folder, name), join(folder, ".debug", name), join(systemFolder, folder, name)];
  return [...byBuild, ...byName].find((one) => one !== path && existsSync(one));
}

/** Reads the number of the build: a note whose owner is `GNU`, of type 3. */
function buildOf(elf: Elf): string | undefined {
  const section = elf.section(".note.gnu.build-id");
  if (section === undefined) return undefined;
  const bytes = elf.content(section);
  if (bytes.length < 20) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [owner, length, type] = [0, 4, 8].map((at) => view.getUint32(at, true));
  if (owner !== 4 || type !== 3) return undefined;
  return Buffer.from(bytes.subarray(16, 16 + length!)).toString("hex");
}

function linkOf(elf: Elf): string | undefined {
  const section = elf.section(".gnu_debuglink");
  if (section === undefined) return undefined;
  const bytes = elf.content(section);
  const end = bytes.indexOf(0);
  const name = Buffer.from(bytes.subarray(0, Math.max(end, 0))).toString();
  // A name, no path: nothing outside of the folders above is opened.
  return name === "" || name !== basename(name) ? undefined : name;
}
