// Runs one WASI command in this process and prints what it cost: `node bench-guest.mjs JOB`, where JOB is JSON:
//   { file, name, args?, env?, dirs?, resultFd? }
// `dirs` lists pairs of a host folder and a guest folder. The guest has stdin, stdout and
// stderr of this process. One line of JSON goes to descriptor `resultFd`, stderr by default: exit code or trap, CPU microseconds of `_start` (all threads of the process, so V8's compiler threads
// count), the same for reading, compiling and instantiating, and wall times.
import { readFileSync, writeSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { WASI } from "node:wasi";

// A garbage collection inside one of V8's fast API calls destroys the WASI object during its own call (Node 20 dies
// with SIGABRT). The flag must be set before the first instantiation.
setFlagsFromString("--no-turbo-fast-api-calls");

const job = JSON.parse(process.argv[2]);

function measured(start) {
  const { user, system } = process.cpuUsage(start.cpu);
  return {
    cpuUs: user + system,
    userUs: user,
    systemUs: system,
    wallUs: (performance.now() - start.wall) * 1000,
  };
}
const now = () => ({ cpu: process.cpuUsage(), wall: performance.now() });

const beforeLoad = now();
const module = await WebAssembly.compile(readFileSync(job.file));
const wasi = new WASI({
  version: "preview1",
  args: [job.name, ...(job.args ?? [])],
  env: job.env ?? {},
  preopens: Object.fromEntries((job.dirs ?? []).map(([host, guest]) => [guest, host])),
  returnOnExit: true,
});
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
const load = measured(beforeLoad);

const beforeRun = now();
let exitCode;
let trap;
try {
  exitCode = wasi.start(instance);
} catch (error) {
  trap = String(error);
}
const run = measured(beforeRun);

const whole = measured({ cpu: { user: 0, system: 0 }, wall: 0 });
writeSync(job.resultFd ?? 2, `${JSON.stringify({ exitCode, trap, run, load, process: whole })}\n`);
process.exitCode = trap === undefined ? exitCode : 134;
