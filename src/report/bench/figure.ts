/** What a value is measured in. */
export type Unit = "ns" | "bytes" | "count" | "ratio";

/** Who a value belongs to: an arm, with its colour and marker by its place in the list. */
export interface Series {
  readonly name: string;
  /** One line for people, such as what it stands for. */
  readonly title?: string;
}

/** A value with its interval; ends are absent where there were too few blocks. */
export interface Ranged {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** A value of one series. */
export interface Mark extends Ranged {
  /** Index of the series. */
  readonly series: number;
  /** Said beside the value, such as `9 blocks`. */
  readonly note?: string;
}

interface Titled {
  readonly title: string;
  /** What is shown and how to read it. */
  readonly caption: string;
}

/** Bars from zero, in groups of which each has its own scale. */
export interface BarsFigure extends Titled {
  readonly kind: "bars";
  readonly unit: Unit;
  readonly groups: readonly { readonly name: string; readonly marks: readonly Mark[] }[];
}

/** Markers with intervals on one logarithmic axis, a row for each name. */
export interface DotsFigure extends Titled {
  readonly kind: "dots";
  readonly unit: Unit;
  readonly axis: string;
  /** A value with a line of its own, such as 1 for "as fast as". */
  readonly reference?: { readonly value: number; readonly name: string };
  readonly rows: readonly { readonly name: string; readonly marks: readonly Mark[] }[];
}

/** Curves on log-log axes with interval bands. */
export interface LinesFigure extends Titled {
  readonly kind: "lines";
  readonly unit: Unit;
  readonly xAxis: string;
  readonly yAxis: string;
  readonly lines: readonly {
    readonly series: number;
    readonly points: readonly (Ranged & { readonly x: number })[];
  }[];
  /** Where curves cross. */
  readonly crossings: readonly {
    readonly x: number;
    readonly low: number;
    readonly high: number;
    readonly value: number;
    readonly below: number;
    readonly above: number;
  }[];
}

/** Bars made of parts, such as phases. */
export interface StacksFigure extends Titled {
  readonly kind: "stacks";
  readonly unit: Unit;
  /** Names of the parts, in the order in which they happen. */
  readonly parts: readonly string[];
  /** A colour of each part out of eight; their place where absent. */
  readonly colours?: readonly number[];
  readonly groups: readonly {
    readonly name: string;
    readonly rows: readonly { readonly series: number; readonly values: readonly number[] }[];
  }[];
}

/** A cell: text, or a value. */
export type Cell =
  string | { readonly unit: Unit; readonly mark: Ranged } | { readonly code: string };

/** A table; the first column names the row. */
export interface TableFigure extends Titled {
  readonly kind: "table";
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Claims and what became of them. */
export interface LedgerFigure extends Titled {
  readonly kind: "ledger";
  readonly entries: readonly {
    readonly id: string;
    readonly claim: string;
    readonly where: string;
    readonly verdict: "reproduced" | "not reproduced" | "not testable here";
    readonly effect: number | null;
    readonly interval: { readonly low: number; readonly high: number } | null;
    readonly evidence: string;
  }[];
}

/** Anything that a section shows. */
export type Figure =
  BarsFigure | DotsFigure | LinesFigure | StacksFigure | TableFigure | LedgerFigure;

/** A part of the page. */
export interface PageSection {
  /** For links: letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** For the list of parts at the top, where the title is long. */
  readonly short?: string;
  readonly text: readonly string[];
  readonly figures: readonly Figure[];
  /** Commands that make this part again. */
  readonly repeat?: readonly string[];
}

/** A report of measurements: what the page shows, in order. */
export interface BenchPage {
  readonly title: string;
  readonly subtitle: string;
  /** Where and when: pairs of a name and a value. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** What readers must know before they believe a number. */
  readonly warnings: readonly string[];
  readonly series: readonly Series[];
  readonly sections: readonly PageSection[];
}
