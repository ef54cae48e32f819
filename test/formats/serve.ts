import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

/** A small web server for one folder and some files that exist in memory only. */
export interface FileServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
};

async function contentOf(
  folder: string,
  path: string,
  extra: ReadonlyMap<string, Uint8Array>,
): Promise<Uint8Array | undefined> {
  return extra.get(path) ?? readFile(join(folder, path)).catch(() => undefined);
}

/** Serves a folder on a port of this machine; `extra` holds contents by path. */
export async function serveFolder(
  folder: string,
  extra: ReadonlyMap<string, Uint8Array>,
): Promise<FileServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const path = normalize(decodeURIComponent(pathname));
    void contentOf(folder, path, extra).then((bytes) => {
      response.statusCode = bytes ? 200 : 404;
      response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
      return response.end(bytes);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
