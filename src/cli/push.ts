import { checkPushTarget, pushProfile } from "../collect/index.ts";
import type { Profile } from "../profile/index.ts";
import { UsageError } from "./command.ts";
import type { Io, Option, Parsed } from "./command.ts";

/** The options of commands that can push. */
export const pushOptions: readonly Option[] = [
  { name: "push", value: "URL", help: "send the profile to a Pyroscope server" },
  { name: "label", value: "NAME=VALUE", multiple: true, help: "a label of what is pushed" },
];

/** Refuses a URL and labels that no server could take, before anything long is done. */
export function checkPush(parsed: Parsed): void {
  const url = parsed.value("push");
  const labels = labelsOf(parsed);
  if (url !== undefined) checkPushTarget(url, labels);
  else if (Object.keys(labels).length > 0) throw new UsageError("--label is for --push");
}

/** Pushes a profile if the command line says so, with the token of WASMSCOPE_PUSH_TOKEN. */
export async function pushIfAsked(
  parsed: Parsed,
  io: Io,
  profile: Profile,
  durationMs = 0,
): Promise<void> {
  const url = parsed.value("push");
  if (url === undefined) return;
  const token = io.env["WASMSCOPE_PUSH_TOKEN"];
  await pushProfile(profile, url, {
    labels: labelsOf(parsed),
    durationMs,
    ...(token === undefined ? {} : { token }),
  });
}

function labelsOf(parsed: Parsed): Readonly<Record<string, string>> {
  return Object.fromEntries(parsed.values("label").map(parseLabel));
}

function parseLabel(text: string): [string, string] {
  const equals = text.indexOf("=");
  if (equals < 1) throw new UsageError(`--label wants NAME=VALUE, not ${text}`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}
