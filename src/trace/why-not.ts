import { createRequire } from "node:module";
import { existsSync } from "node:fs";

/** Says why the kernel cannot be asked here, with what mends it; undefined when it can be tried. */
export function whyNotEbpf(): string | undefined {
  if (process.platform !== "linux") return "eBPF is Linux's";
  if (process.arch !== "x64") return "eBPF is used on x86-64 only, so far";
  if (process.getuid?.() !== 0) return "eBPF needs root: run it with sudo";
  if (!existsSync("/sys/devices/system/cpu/possible")) return "/sys is not mounted here";
  try {
    createRequire(import.meta.url).resolve("koffi");
  } catch {
    return "koffi, which calls bpf(2), is not there; type: npm install koffi";
  }
  return undefined;
}
