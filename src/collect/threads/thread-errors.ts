import { DecodeError } from "../../bytes/index.ts";
import { RawProfileError, Refusal } from "../../instrument/index.ts";
import { CannotRun } from "../../runtimes/index.ts";
import type { ThreadError } from "./thread-messages.ts";

const classes = [DecodeError, Refusal, RawProfileError, CannotRun];

/** Takes an error apart for its way to another thread. */
export function packError(error: unknown): ThreadError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const properties = Object.fromEntries(Object.entries(error as object));
  return { name, message, stack, properties };
}

/** Puts an error together again, with its class where it is one of ours. */
export function unpackError({ name, message, stack, properties }: ThreadError): Error {
  const known = classes.find((one) => one.name === name);
  const error = new Error(message);
  if (known !== undefined) Object.setPrototypeOf(error, known.prototype);
  return Object.assign(error, properties, { name, stack });
}
