import { join } from "node:path";
import { formatOf, ProfileError } from "../../profile/index.ts";
import type { Profile } from "../../profile/index.ts";
import { writeHtml } from "../../report/index.ts";
import type { HtmlOptions } from "../../report/index.ts";
import { findPackage, hasDisplay, openBrowser, readZipped, serveLocally } from "../../sys/index.ts";
import type { Served } from "../../sys/index.ts";
import { UsageError } from "../command.ts";
import type { Command } from "../command.ts";
import { lineOptions, sourcesOf, sourceTexts } from "../lines.ts";
import { onPort, portOf } from "../ports.ts";
import { linesOf, readAny } from "./convert.ts";

/** Where the profile and the viewer are served, below the page. */
const profilePath = "profile.speedscope.json";
const viewerPath = "speedscope/";

/** Shows a profile in the browser. */
export const viewCommand: Command = {
  name: "view",
  summary: "Show a profile in the browser.",
  usage: "FILE [--port N] [--no-open]",
  options: [
    { name: "port", value: "N", help: "port on 127.0.0.1 (default: a free one)" },
    { name: "no-open", help: "only print the address" },
    { name: "module", value: "MODULE", help: "the original module, for raw profiles" },
    ...lineOptions,
    { name: "symbols", value: "FILE", help: "names of functions: lines of index:name" },
    { name: "help", short: "h", help: "print this help" },
  ],
  details: [
    "Reads what convert reads. The address has a secret part and is served on this machine only, until",
    "Ctrl-C. Where the viewer speedscope is installed (npm install -g speedscope), it is served beside.",
  ].join("\n"),
  examples: [
    ["a profile from another tool", "wasmscope view cpu.pb.gz"],
    ["on a machine without a screen", "wasmscope view --no-open --port 8080 app.json"],
  ],
  async run(parsed, io) {
    const path = parsed.positionals[0];
    if (path === undefined) throw new UsageError("which file?");
    const port = portOf(parsed.value("port") ?? "0", "port");
    const { profile, lines } = linesOf(readAny(readZipped(path), path, parsed), parsed, io);
    const viewer = findPackage("speedscope");
    const sourceOf = sourcesOf(parsed.value("module") ?? "-", parsed.values("sources"));
    const html = lines === undefined ? {} : { lines, sources: sourceTexts(lines, sourceOf) };
    const server = await onPort(port, (free) => serveLocally(pagesOf(profile, html, viewer), free));
    try {
      io.stdout(`${server.url}\n`);
      if (viewer === undefined) {
        io.stderr("wasmscope: speedscope can be served beside: npm install -g speedscope\n");
      }
      io.stderr("wasmscope: serving on this machine only; Ctrl-C ends it\n");
      if (!parsed.flag("no-open") && io.stderrIsTerminal && hasDisplay(io.env)) {
        openBrowser(server.url);
      }
      await io.untilInterrupted?.();
    } finally {
      await server.close();
    }
    return 0;
  },
};

function pagesOf(profile: Profile, html: HtmlOptions, viewer: string | undefined): Served {
  const spelled = viewer === undefined ? undefined : forSpeedscope(profile);
  if (viewer === undefined || spelled === undefined) {
    return { contents: new Map([["index.html", writeHtml(profile, html)]]), folders: new Map() };
  }
  // The viewer asks relative to its own page.
  const href = `${viewerPath}#profileURL=${encodeURIComponent(`../${profilePath}`)}`;
  return {
    contents: new Map([
      ["index.html", writeHtml(profile, { ...html, links: [{ title: "speedscope", href }] })],
      [profilePath, spelled],
    ]),
    folders: new Map([[viewerPath, join(viewer, "dist", "release")]]),
  };
}

/** Writes what the viewer reads; undefined for trees that it could not, as our page can. */
function forSpeedscope(profile: Profile): Uint8Array | undefined {
  try {
    return formatOf(profilePath)!.write(profile);
  } catch (error) {
    if (error instanceof ProfileError) return undefined;
    throw error;
  }
}
