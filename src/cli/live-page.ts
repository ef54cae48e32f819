import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tableOf } from "../profile/index.ts";
import type { Profile } from "../profile/index.ts";
import { liveHtml } from "./live-html.ts";

/** A page that shows profiles as they come. */
export interface LivePage {
  readonly url: string;
  readonly show: (profile: Profile) => void;
  readonly close: () => void;
}

/**
 * Serves a page on this machine alone that shows the `top` hottest functions and renews itself by server-sent
 * events. Rejects when the port is taken.
 */
export async function serveLive(port: number, top = 25): Promise<LivePage> {
  const watchers = new Set<ServerResponse>();
  let latest = "";
  const server = createServer((request, response) => {
    // Pages of other sites that have their name point here (DNS rebinding) send their own name.
    if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(request.headers.host ?? "")) {
      response.writeHead(403).end();
      return;
    }
    if (request.url === "/events") {
      response.writeHead(200, {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        connection: "close",
      });
      response.write(latest);
      watchers.add(response);
      response.on("close", () => watchers.delete(response));
      return;
    }
    const found = request.url === "/";
    response.writeHead(found ? 200 : 404, { "content-type": "text/html; charset=utf-8" });
    response.end(found ? liveHtml : "");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    show: (profile) => {
      latest = `data: ${JSON.stringify(messageOf(profile, top))}\n\n`;
      for (const watcher of watchers) watcher.write(latest);
    },
    close: () => {
      for (const watcher of watchers) watcher.end("event: end\ndata:\n\n");
      server.close();
      server.closeIdleConnections();
      // Time for the last event to get out.
      setTimeout(() => server.closeAllConnections(), 200).unref();
    },
  };
}

function messageOf(profile: Profile, top: number): unknown {
  const { rows, others, sum, type } = tableOf(profile, { top });
  const shown = others === undefined ? rows : [...rows, others];
  return { module: profile.module.name, mode: profile.mode, type, rows: shown, sum };
}
