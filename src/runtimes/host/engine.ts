import type { HostFailure, LoadedAnswer, LoadRequest, RunAnswer, RunRequest } from "./protocol.ts";

/** What a host in JavaScript keeps: it answers requests, or throws a `HostError`. */
export interface Engine {
  /** As the engine itself says it. */
  readonly version: string;
  load(request: Omit<LoadRequest, "do">): LoadedAnswer;
  /** Standard streams are the host's own where a name is `inherit`. */
  run(request: Omit<RunRequest, "do">): RunAnswer;
  unload(module: number): void;
}

/** Says why a request could not be done, the host still being well. */
export class HostError extends Error {
  readonly failed: HostFailure["failed"];

  constructor(failed: HostFailure["failed"], message: string) {
    super(message);
    this.name = "HostError";
    this.failed = failed;
  }
}
