import { Session } from "node:inspector";
import type { Worker } from "node:worker_threads";

interface Attached {
  readonly sessionId: string;
  readonly workerInfo: { readonly workerId: string };
}

interface Received {
  readonly sessionId: string;
  readonly message: string;
}

/** What an evaluation in a thread answers, as the protocol has it. */
interface Answer {
  readonly result?: { readonly result?: { readonly value?: unknown } };
}

/**
 * Calls a global function of a thread at once, even while the thread is in a loop of WebAssembly: V8 interrupts
 * it at its next loop or function entry, and the call's stack stands on the guest's. Returns the function's
 * value, which JSON can hold, or undefined when the thread has not answered in time, as in a system call.
 *
 * Only the inspector's Runtime domain is used: the Debugger domain would make the guest slower.
 *
 * @param waitMs Milliseconds to wait for an answer.
 */
export function callInThread(
  worker: Worker,
  name: string,
  args: readonly unknown[],
  waitMs: number,
): Promise<unknown> {
  const session = new Session();
  session.connect();
  const expression = `globalThis[${JSON.stringify(name)}](...${JSON.stringify(args)})`;
  const evaluate = {
    id: 1,
    method: "Runtime.evaluate",
    params: { expression, returnByValue: true },
  };
  const wanted = String(worker.threadId);
  let own: string | undefined;
  const answer = new Promise<unknown>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), waitMs);
    session.on("NodeWorker.attachedToWorker", (event: { readonly params: Attached }) => {
      const { sessionId, workerInfo } = event.params;
      if (workerInfo.workerId !== wanted) return;
      own = sessionId;
      const message = JSON.stringify(evaluate);
      session.post("NodeWorker.sendMessageToWorker", { sessionId, message });
    });
    session.on("NodeWorker.receivedMessageFromWorker", (event: { readonly params: Received }) => {
      if (event.params.sessionId !== own) return;
      clearTimeout(timer);
      resolve((JSON.parse(event.params.message) as Answer).result?.result?.value);
    });
    session.post("NodeWorker.enable", { waitForDebuggerOnStart: false });
  });
  return answer.finally(() => session.disconnect());
}
