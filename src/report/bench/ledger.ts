import type { LedgerFigure } from "./figure.ts";
import { element } from "./markup.ts";
import type { Markup } from "./markup.ts";

type Entry = LedgerFigure["entries"][number];

const signs: Readonly<Record<Entry["verdict"], readonly [sign: string, name: string]>> = {
  reproduced: ["✓", "yes"],
  "not reproduced": ["✕", "no"],
  "not testable here": ["–", "open"],
};

/** Draws claims with their verdicts, after a line that counts these. */
export function drawLedger({ entries }: LedgerFigure): Markup {
  const verdicts = Object.keys(signs) as Entry["verdict"][];
  return element(
    "div",
    { class: "ledger" },
    element(
      "ul",
      { class: "tally" },
      verdicts.map((verdict) => {
        const count = entries.filter((entry) => entry.verdict === verdict).length;
        return element(
          "li",
          { "data-verdict": verdict },
          verdictOf(verdict, `${count} ${verdict}`),
        );
      }),
    ),
    claimList(entries.filter(({ verdict }) => verdict !== "not testable here")),
    element(
      "details",
      {},
      element("summary", {}, "Claims that are not testable here"),
      claimList(entries.filter(({ verdict }) => verdict === "not testable here")),
    ),
  );
}

function claimList(entries: readonly Entry[]): Markup {
  return element("ol", { class: "claims" }, entries.map(claimOf));
}

function verdictOf(verdict: Entry["verdict"], text: string = verdict): Markup {
  const [sign, name] = signs[verdict];
  return element(
    "span",
    { class: `verdict ${name}` },
    element("span", { "aria-hidden": "true" }, sign),
    ` ${text}`,
  );
}

function claimOf({ id, claim, where, verdict, effect, interval, evidence }: Entry): Markup {
  const range =
    interval === null ? "" : ` (95 %: ${short(interval.low)} to ${short(interval.high)})`;
  return element(
    "li",
    { class: "claim", "data-verdict": verdict },
    element("div", {}, verdictOf(verdict)),
    element(
      "div",
      { class: "text" },
      element("p", { class: "says" }, claim),
      element(
        "p",
        { class: "evidence" },
        effect === null
          ? undefined
          : element("b", { class: "effect" }, `${short(effect)}${range}. `),
        evidence,
      ),
    ),
    element(
      "div",
      { class: "claim-source" },
      element("span", {}, where),
      element("code", { class: "id" }, id),
    ),
  );
}

function short(value: number): string {
  if (!Number.isFinite(value)) return "open";
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
