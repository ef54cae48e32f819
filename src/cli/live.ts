import { formatTable, printable, tableOf } from "../profile/index.ts";
import type { Profile } from "../profile/index.ts";
import type { Io, Option, Parsed } from "./command.ts";
import { serveLive } from "./live-page.ts";
import { positive } from "./files.ts";
import { onPort, portOf } from "./ports.ts";

/** The options for watching a guest while it runs. */
export const liveOptions: readonly Option[] = [
  { name: "live", help: "show the hottest functions on stderr while the guest runs" },
  {
    name: "live-port",
    value: "PORT",
    help: "show them on a page of this machine, too (0: any free port)",
  },
];

/** Someone who is told of profiles while the guest runs. */
export interface LiveView {
  readonly onLook: (profile: Profile) => void;
  /** Wipes or closes what was shown, before the report. */
  readonly close: () => void;
}

const lineEveryMs = 5000;

/** Opens what `--live` and `--live-port` ask for; undefined when neither is there. */
export async function openLive(parsed: Parsed, io: Io): Promise<LiveView | undefined> {
  const port = parsed.value("live-port");
  const top = parsed.value("top");
  const rows = top === undefined ? undefined : positive(top, "top");
  const views: LiveView[] = [];
  if (port !== undefined) views.push(await openPage(port, io, rows));
  if (parsed.flag("live")) views.push(io.stderrIsTerminal ? redrawn(io, rows) : lines(io, rows));
  if (views.length === 0) return undefined;
  return {
    onLook: (profile) => views.forEach((view) => view.onLook(profile)),
    close: () => views.forEach((view) => view.close()),
  };
}

async function openPage(text: string, io: Io, top: number | undefined): Promise<LiveView> {
  const page = await onPort(portOf(text, "live-port"), (wished) => serveLive(wished, top));
  io.stderr(`wasmscope: live at ${page.url}\n`);
  return { onLook: page.show, close: page.close };
}

/** A table that stands still while its numbers change. */
function redrawn(io: Io, top = 10): LiveView {
  let shown = 0;
  const wipe = (): void => {
    if (shown > 0) io.stderr(`\u001b[${shown}A\u001b[J`);
    shown = 0;
  };
  return {
    onLook: (profile) => {
      const table = tableOf({ ...profile, notes: [] }, { top });
      const colors = (io.env["NO_COLOR"] ?? "") === "";
      // One column less: a full line would make terminals begin another.
      const text = formatTable(table, { width: io.width - 1, colors });
      wipe();
      io.stderr(text);
      shown = text.split("\n").length - 1;
    },
    close: wipe,
  };
}

/** A line now and then, for logs. */
function lines(io: Io, top = 3): LiveView {
  let next = 0;
  return {
    onLook: (profile) => {
      if (io.now() < next) return;
      next = io.now() + lineEveryMs;
      const { rows, sum } = tableOf(profile, { top });
      const hottest = rows.map(({ name, self }) => `${percent(self, sum.self)} ${printable(name)}`);
      io.stderr(`wasmscope: ${hottest.join(", ")}\n`);
    },
    close: () => {},
  };
}

function percent(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Math.round((part / whole) * 100)} %`;
}
