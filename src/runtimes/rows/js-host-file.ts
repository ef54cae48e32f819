import { fileURLToPath } from "node:url";

/** The compiled file of the host for engines of JavaScript. */
export const jsHost: string = fileURLToPath(new URL("../host/js-host.js", import.meta.url));
