import type { IncomingMessage, ServerResponse } from "node:http";
import { formatOf } from "../../profile/index.ts";
import type { Profile } from "../../profile/index.ts";
import { gzip } from "../../sys/index.ts";

/** Something that can be watched for a while. */
export interface ProfileSource {
  /** Collects for some seconds; `signal` says that nobody waits for the profile any more. */
  profile(seconds: number, signal: AbortSignal): Promise<Profile>;
}

/** A request handler for `node:http`, and for what is built on it. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** What Go's own handler takes when the request does not say. */
const defaultSeconds = 30;

const index = `<!doctype html>
<html lang="en">
<title>/debug/pprof/</title>
<h1>/debug/pprof/</h1>
<ul><li><a href="profile?seconds=10">profile</a>: what runs in the next seconds (?seconds=N), for <code>go tool pprof</code></li></ul>
</html>
`;

/**
 * Makes a handler that answers as Go programs do: `/debug/pprof/profile?seconds=N` with a gzipped pprof
 * profile of the next N seconds (30 if it does not say), `/debug/pprof/` with a page. One profile is
 * collected at a time. Whoever reaches it sees names of functions and can keep the program busy: put it
 * behind what guards the program's other inner endpoints.
 *
 * @example
 * createServer(pprofHandler({ profile: (seconds) => collectFor(seconds) })).listen(6060, "127.0.0.1");
 */
export function pprofHandler(source: ProfileSource): HttpHandler {
  let busy = false;
  return (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    // Routers take the front of the path away.
    const [, name] = /^(?:.*\/debug\/pprof)?\/(profile)?$/.exec(pathname) ?? [];
    const known = name === "profile" || pathname === "/" || pathname.endsWith("/debug/pprof/");
    if (!known) {
      fail(response, 404, "Unknown profile");
    } else if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      fail(response, 405, "only GET is answered");
    } else if (name !== "profile") {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.setHeader("x-content-type-options", "nosniff");
      response.end(request.method === "HEAD" ? undefined : index);
    } else if (request.method === "HEAD") {
      announce(response);
      response.end();
    } else if (busy) {
      fail(response, 500, "Could not enable profiling: a profile is being collected already");
    } else {
      busy = true;
      void answer(source, secondsOf(searchParams), response).finally(() => (busy = false));
    }
  };
}

function secondsOf(query: URLSearchParams): number {
  const seconds = Number(query.get("seconds") ?? defaultSeconds);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : defaultSeconds;
}

async function answer(
  source: ProfileSource,
  seconds: number,
  response: ServerResponse,
): Promise<void> {
  const left = new AbortController();
  response.once("close", () => left.abort());
  try {
    const profile = await source.profile(seconds, left.signal);
    const bytes = gzip(formatOf("x.pprof")!.write(profile));
    announce(response);
    response.setHeader("content-length", bytes.length);
    response.end(bytes);
  } catch (error) {
    fail(response, 500, `Could not collect: ${error instanceof Error ? error.message : "failed"}`);
  }
}

/** Sets the headers that Go's handler sets: the file is gzipped, its transfer is not. */
function announce(response: ServerResponse): void {
  response.setHeader("content-type", "application/octet-stream");
  response.setHeader("content-disposition", 'attachment; filename="profile"');
  response.setHeader("x-content-type-options", "nosniff");
}

/** Answers an error as text, with the header by which Go's tool knows that it may show it. */
function fail(response: ServerResponse, status: number, message: string): void {
  response.statusCode = status;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("x-go-pprof", "1");
  response.end(`${message}\n`);
}
