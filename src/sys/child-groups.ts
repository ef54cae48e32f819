const groups = new Set<number>();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
let watching = false;

/**
 * Gets ready to end processes with this one. To be called before one is started: a signal that comes between its start
 * and `endWithThis` would end this process and leave that one.
 */
export function watchForEnd(): void {
  if (watching) return;
  watching = true;
  process.on("exit", killAll);
  // First: a listener for once is no longer counted when its turn has come.
  for (const signal of signals) process.prependListener(signal, onSignal);
}

/**
 * Ends a process and its group when this process ends, by whatever it ends but SIGKILL. Where nobody else listens for
 * the signal, this process then ends by it.
 *
 * @param pid The first process of the group.
 * @returns Forgets the group, which has ended.
 */
export function endWithThis(pid: number): () => void {
  watchForEnd();
  groups.add(pid);
  return () => void groups.delete(pid);
}

/** Ends a process and all of its group, if there still is one. */
export function killGroup(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, "SIGKILL");
    } catch {
      // It has ended, or leads no group.
    }
  }
}

function killAll(): void {
  for (const pid of groups) killGroup(pid);
}

function onSignal(signal: NodeJS.Signals): void {
  killAll();
  // With a listener the signal no longer ends the process.
  if (process.listenerCount(signal) > 1) return;
  process.removeListener(signal, onSignal);
  process.kill(process.pid, signal);
}
