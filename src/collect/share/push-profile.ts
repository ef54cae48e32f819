import { formatOf } from "../../profile/index.ts";
import type { Profile } from "../../profile/index.ts";
import { gzip } from "../../sys/index.ts";

/** What is said of a profile that is pushed, and how. */
export interface PushOptions {
  /** The application's name; the default is the module's without its ending. A name in the URL goes before it. */
  readonly name?: string;
  /** Labels of the series, `env: "staging"`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Sent as `Authorization: Bearer …`, unless the URL has a user and password. */
  readonly token?: string;
  /** When the run ended, in milliseconds since 1970; the default is now. */
  readonly untilMs?: number;
  /** How long it ran. */
  readonly durationMs?: number;
  /** How long the server may take to answer; the default is 30,000. */
  readonly timeoutMs?: number;
}

/** Says that a server did not take a profile, and why. */
export class PushError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "PushError";
  }
}

/**
 * Sends a profile to a Pyroscope server, or to what speaks its language: `url` is the server's address, to
 * which `/ingest` is added, or that of the endpoint itself. The profile goes as gzipped pprof, or as folded
 * stacks where the URL says `?format=folded`. Throws a `PushError`.
 */
export async function pushProfile(
  profile: Profile,
  url: string,
  options: PushOptions = {},
): Promise<void> {
  const target = targetOf(url);
  const authorization = authorizationOf(target, options.token);
  // A URL with credentials in it is refused by fetch, and would stand in error messages.
  target.username = target.password = "";
  const format = target.searchParams.get("format") ?? "pprof";
  describeRun(target.searchParams, profile, format, options);
  const where = `${target.origin}${target.pathname}`;
  const timeoutMs = options.timeoutMs ?? 30_000;
  let response: Response;
  try {
    response = await fetch(target, {
      method: "POST",
      body: bodyOf(profile, format),
      // A redirected POST may arrive as a GET without a body, which some servers answer kindly.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
      headers: authorization === undefined ? {} : { authorization },
    });
  } catch (error) {
    throw new PushError(`cannot push to ${where}: ${reasonOf(error, timeoutMs)}`);
  }
  const text = await response.text().catch(() => "");
  if (response.ok) return;
  const location = response.headers.get("location");
  const said = location === null ? text.trim().slice(0, 300) : `it has moved to ${location}`;
  const status = `${response.status} ${response.statusText}`.trim();
  throw new PushError(`cannot push to ${where}: ${status}${said === "" ? "" : `: ${said}`}`);
}

/** Throws the `PushError` that is known before there is a profile: no such URL, no such label. */
export function checkPushTarget(url: string, labels: Readonly<Record<string, string>>): void {
  const target = targetOf(url);
  authorizationOf(target, undefined);
  refuseFormat(target.searchParams.get("format") ?? "pprof");
  seriesName("", labels);
}

function refuseFormat(format: string): void {
  if (format === "pprof" || format === "folded") return;
  throw new PushError(`cannot push ${format}: there are pprof and folded`);
}

function targetOf(url: string): URL {
  let target: URL;
  try {
    target = new URL(url);
  } catch {
    throw new PushError(`cannot push to ${url}: it is no URL, such as http://localhost:4040`);
  }
  if (target.protocol !== "http:" && target.protocol !== "https:") {
    throw new PushError(`cannot push to ${url}: only http: and https: are known`);
  }
  const path = target.pathname.replace(/\/+$/, "");
  target.pathname = path.endsWith("/ingest") ? path : `${path}/ingest`;
  target.hash = "";
  return target;
}

function authorizationOf(
  { username, password }: URL,
  token: string | undefined,
): string | undefined {
  if (username === "" && password === "") {
    return token === undefined || token === "" ? undefined : `Bearer ${token}`;
  }
  let pair: string;
  try {
    pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  } catch {
    throw new PushError("cannot push: user or password in the URL have a % that begins no %XX");
  }
  return `Basic ${Buffer.from(pair, "utf8").toString("base64")}`;
}

/** Adds the parameters that the URL does not have itself. */
function describeRun(
  query: URLSearchParams,
  profile: Profile,
  format: string,
  options: PushOptions,
): void {
  const untilMs = options.untilMs ?? Date.now();
  const until = Math.ceil(untilMs / 1000);
  const from = Math.min(Math.floor((untilMs - (options.durationMs ?? 0)) / 1000), until - 1);
  const { name, unit } = profile.valueTypes[profile.primary]!;
  const defaults: Readonly<Record<string, string>> = {
    name: seriesName(options.name ?? profile.module.name, options.labels ?? {}),
    from: String(from),
    until: String(until),
    format,
    spyName: "wasmscope",
    ...(format === "pprof" ? {} : { units: unit === "count" ? name : unit }),
  };
  for (const [key, value] of Object.entries(defaults)) {
    if (!query.has(key)) query.set(key, value);
  }
}

/** Writes a name with labels as `name{label=value}`. */
function seriesName(name: string, labels: Readonly<Record<string, string>>): string {
  const plain = name.replace(/\.wasm$/i, "").replaceAll(/[^\w.\-/]+/g, "_") || "wasm";
  const pairs = Object.entries(labels).map(([label, value]) => {
    if (!/^[A-Za-z_][\w.]*$/.test(label)) {
      throw new PushError(`a label's name has letters, digits and _ only, not ${label}`);
    }
    if (value === "" || /[{},=\n\r]/.test(value)) {
      throw new PushError(`the value of label ${label} may not be empty or have { } , = in it`);
    }
    return `${label}=${value}`;
  });
  return pairs.length === 0 ? plain : `${plain}{${pairs.join(",")}}`;
}

function bodyOf(profile: Profile, format: string): FormData | Uint8Array<ArrayBuffer> {
  refuseFormat(format);
  // A copy, as the types do not say that the writer's buffer is shared with nobody.
  const bytes = new Uint8Array(formatOf(`x.${format}`)!.write(profile));
  if (format === "folded") return bytes;
  const form = new FormData();
  form.append("profile", new Blob([new Uint8Array(gzip(bytes))]), "profile.pprof");
  // The server drops value types that it does not know, unless it is told what they are.
  const config = new Blob([JSON.stringify(sampleTypes(profile))]);
  form.append("sample_type_config", config, "sample_type_config.json");
  return form;
}

function sampleTypes({ valueTypes }: Profile): Record<string, object> {
  return Object.fromEntries(
    valueTypes.map(({ name, unit }) => [
      name,
      { units: unit, "display-name": name, aggregation: "sum", cumulative: false, sampled: false },
    ]),
  );
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof PushError) return error.message;
  if (error instanceof Error && error.name === "TimeoutError") {
    return `no answer within ${timeoutMs / 1000} s`;
  }
  // fetch says only that it failed; why is in the cause, for several addresses in the causes of the cause.
  const cause = error instanceof Error ? error.cause : undefined;
  const first = cause instanceof AggregateError ? (cause.errors[0] as unknown) : cause;
  const { code, message } = (first ?? error) as NodeJS.ErrnoException;
  switch (code) {
    case "ECONNREFUSED":
      return "connection refused";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "there is no such host";
    case "ECONNRESET":
    case "UND_ERR_SOCKET":
      return "the server closed the connection";
    default:
      return message;
  }
}
