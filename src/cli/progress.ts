import type { Io } from "./command.ts";

const waitMs = 500;
const stepMs = 100;

/**
 * Makes a function that shows how far a long job is, on a terminal only and not before half a second. The
 * line is wiped when the job is done.
 */
export function progress(io: Io, what: string): (done: number, total: number) => void {
  if (!io.stderrIsTerminal) return () => {};
  const start = io.now();
  let shown = start + waitMs - stepMs;
  let visible = false;
  return (done, total) => {
    if (done === total) {
      if (visible) io.stderr("\r\u001b[K");
      return;
    }
    // A look at the clock for each of many functions would cost more than the work.
    if ((total > 1000 && (done & 0xff) !== 0) || io.now() - shown < stepMs) return;
    shown = io.now();
    visible = true;
    io.stderr(`\r\u001b[K${what}: ${Math.floor((done / total) * 100)} %`);
  };
}
