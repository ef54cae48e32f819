import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, normalize, sep } from "node:path";

/** What is served: contents by path, and folders below a path. Paths have no slash in front. */
export interface Served {
  readonly contents: ReadonlyMap<string, Uint8Array>;
  /** Folders of this machine by the path that they are served under, `viewer/`. */
  readonly folders: ReadonlyMap<string, string>;
}

/** A server for this machine. */
export interface LocalServer {
  /** Its address with the token, which ends with a slash. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".txt": "text/plain; charset=utf-8",
};

/**
 * Serves contents on this machine only, on a free port for 0. Other users of the machine do not know the
 * token in the address; pages of other sites that have their name point here (DNS rebinding) send their own
 * name as host, and are refused. Throws what `listen` does when the port is taken.
 */
export async function serveLocally(served: Served, port = 0): Promise<LocalServer> {
  const token = randomBytes(16).toString("hex");
  let origin = "";
  const server = createServer((request, response) => {
    void answer(request, response, served, token, origin);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  origin = `127.0.0.1:${typeof address === "object" ? address?.port : port}`;
  return {
    url: `http://${origin}/${token}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  served: Served,
  token: string,
  origin: string,
): Promise<void> {
  const { host } = request.headers;
  const known = host === origin || host === origin.replace("127.0.0.1", "localhost");
  if (!known) return refuse(response, 403, "not this host");
  if (request.method !== "GET" && request.method !== "HEAD") {
    return refuse(response, 405, "only GET is answered");
  }
  const path = pathOf(request.url ?? "/");
  if (path === undefined || !path.startsWith(`/${token}/`)) {
    return refuse(response, 404, "no such page: is the address whole?");
  }
  const name = path.slice(token.length + 2).replace(/(^|\/)$/, "$1index.html");
  const found = await contentOf(served, name);
  if (found === undefined) return refuse(response, 404, "no such page");
  setHeaders(response, types[extname(name)]);
  response.setHeader("content-length", found.length);
  response.end(request.method === "HEAD" ? undefined : found);
}

function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(new URL(url, "http://localhost").pathname);
  } catch {
    return undefined;
  }
}

async function contentOf(
  { contents, folders }: Served,
  name: string,
): Promise<Uint8Array | undefined> {
  const content = contents.get(name);
  if (content !== undefined) return content;
  for (const [prefix, folder] of folders) {
    if (!name.startsWith(prefix)) continue;
    const file = normalize(join(folder, name.slice(prefix.length)));
    // Encoded dots and slashes are dots and slashes by now.
    if (!file.startsWith(normalize(folder) + sep) || file.includes("\0")) return undefined;
    return readFile(file).catch(() => undefined);
  }
  return undefined;
}

function setHeaders(response: ServerResponse, type = "application/octet-stream"): void {
  response.setHeader("content-type", type);
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("cache-control", "no-store");
  // The token must not leave with a link.
  response.setHeader("referrer-policy", "no-referrer");
  response.setHeader("cross-origin-resource-policy", "same-origin");
  response.setHeader("x-frame-options", "DENY");
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.statusCode = status;
  setHeaders(response, "text/plain; charset=utf-8");
  response.end(`${reason}\n`);
}
