/**
 * The edge to the operating system: files, compression, hashes, a server for this machine.
 * @module
 */
export { cacheFolder } from "./cache-folder.ts";
export { gunzip, gzip, readInput, readZipped, sha256, writeOutput } from "./files.ts";
export { findPackage } from "./find-package.ts";
export { hasDisplay, openBrowser } from "./open-browser.ts";
export { packageFolder } from "./package-folder.ts";
export { serveLocally } from "./serve-locally.ts";
export type { LocalServer, Served } from "./serve-locally.ts";
