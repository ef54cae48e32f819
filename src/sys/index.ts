/**
 * The edge to the operating system: files, compression, hashes, processes, a server for this machine.
 * @module
 */
export { cacheFolder } from "./cache-folder.ts";
export { endWithThis, killGroup, watchForEnd } from "./child-groups.ts";
export { gunzip, gzip, readInput, readZipped, sha256, writeOutput, writeWhole } from "./files.ts";
export { findPackage } from "./find-package.ts";
export { KeptInput } from "./kept-input.ts";
export { describeMachine, processorTimes, runQueue } from "./machine.ts";
export type { MachineFacts } from "./machine.ts";
export { hasDisplay, openBrowser } from "./open-browser.ts";
export { packageFile } from "./package-file.ts";
export { serveLocally } from "./serve-locally.ts";
export type { LocalServer, Served } from "./serve-locally.ts";
export { everywhere, whereIs } from "./where-is.ts";
