import { hasForeignCalls, mendForeignCalls } from "./host/foreign.ts";
import { whereIs } from "../sys/index.ts";

/** A program or package that runtimes need, or that measuring them is better with. */
export interface Tool {
  readonly name: string;
  readonly there: boolean;
  /** What is worse without it. */
  readonly why: string;
  readonly mend: string;
}

/** Looks for what runtimes are fetched, driven and measured by. */
export function toolsForRuntimes(): Tool[] {
  const programs = [
    {
      name: "perl",
      why: "what a run costs is read from /proc, and less exact",
      mend: "apt-get install perl-base",
    },
    {
      name: "python3",
      why: "wheels cannot be fetched, and wasmtime before 0.28 cannot run",
      mend: "apt-get install python3-pip",
    },
    { name: "npm", why: "runtimes of npm cannot be fetched", mend: "apt-get install npm" },
    { name: "tar", why: "runtimes of npm cannot be unpacked", mend: "apt-get install tar" },
  ];
  const koffi = {
    name: "koffi",
    there: hasForeignCalls(),
    why: "libraries in C, such as wasmtime's, cannot be called",
    mend: mendForeignCalls,
  };
  return [...programs.map((tool) => ({ ...tool, there: whereIs(tool.name) !== undefined })), koffi];
}
