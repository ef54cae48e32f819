import type { Format } from "../profile/index.ts";
import { formats } from "../profile/index.ts";
import { htmlFormat } from "./html.ts";

/** All formats that can be written: those of `wasmscope/profile`, and the page. */
export const outputFormats: readonly Format[] = [...formats, htmlFormat];
