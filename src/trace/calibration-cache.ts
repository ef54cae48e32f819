import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { release } from "node:os";
import { dirname, join } from "node:path";
import { cacheFolder, packageFile, sha256 } from "../sys/index.ts";
import { calibrate } from "./calibrate.ts";
import type { Calibration } from "./observation.ts";
import type { ObservedRuntime } from "./observed-runtime.ts";

/**
 * Gives what watching costs on a runtime: as it was measured before with the same file of the runtime, the same kernel
 * and the same programs, or else by measuring, some seconds.
 *
 * @param again Measures in any case.
 * @param path The file in which the runtime's functions are.
 */
export async function calibrationOf(
  observed: ObservedRuntime,
  path: string,
  again = false,
): Promise<Calibration> {
  const file = cacheFile(observed, path);
  const known = again ? undefined : read(file);
  if (known !== undefined) return known;
  const calibration = await calibrate(observed);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(calibration, undefined, 2)}\n`);
  } catch {
    // What cannot be kept is measured again.
  }
  return calibration;
}

function cacheFile({ runtime, found, tier }: ObservedRuntime, path: string): string {
  const { size, mtimeMs } = statSync(path);
  const programs = ["wasi.bpf.o", "calls.wasm"].map((name) =>
    sha256(readFileSync(packageFile(`hosts/ebpf/${name}`))),
  );
  const circumstances = [path, size, mtimeMs, found.version, release(), ...programs].join("\n");
  const hash = sha256(Buffer.from(circumstances)).slice(0, 16);
  return join(cacheFolder(), "calibration", `${runtime.name}-${tier.name}-${hash}.json`);
}

function read(file: string): Calibration | undefined {
  try {
    const known = JSON.parse(readFileSync(file, "utf8")) as Calibration;
    return Number.isFinite(known.perCallNs) && Number.isFinite(known.perSyscallNs)
      ? known
      : undefined;
  } catch {
    return undefined;
  }
}
