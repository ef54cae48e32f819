import { groupDigits } from "../src/profile/numbers.ts";
import { button, el, shareOf } from "./dom.ts";
import type { Model } from "./model.ts";
import { about, labelOf, marksOf } from "./names.ts";

/** Rows that are shown at once; more come when asked for. */
const PAGE = 300;

type Key = "name" | "self" | "total" | "calls";

/** What the table shows of a model. */
export interface TableState {
  readonly column: number;
  /** For each function whether it is wanted; empty for all. */
  readonly wanted: Uint8Array;
  /** Index of the chosen function, -1 for none. */
  readonly chosen: number;
}

/** A table of all functions that have a value, to be sorted by its heads. */
export class FunctionsView {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #choose: (func: number) => void;
  readonly #calls: number;
  #state: TableState | undefined;
  #key: Key = "self";
  #descending = true;
  #limit: number = PAGE;

  constructor(model: Model, choose: (func: number) => void) {
    this.#model = model;
    this.#choose = choose;
    this.#calls = model.data.valueTypes.findIndex(({ name }) => name === "calls");
    this.element = el("div", { class: "functions" });
  }

  /** Shows a state of the page. */
  show(state: TableState): void {
    if (state.wanted !== this.#state?.wanted) this.#limit = PAGE;
    this.#state = state;
    this.#render();
  }

  #render(): void {
    const state = this.#state!;
    const rows = this.#sorted(state);
    const body = el("tbody");
    for (const func of rows.slice(0, this.#limit)) body.append(this.#row(func, state));
    const scroll = this.element.scrollTop;
    const focused = document.activeElement?.closest("th")?.dataset["key"];
    this.element.replaceChildren(
      el("table", {}, el("caption", { class: "unseen" }, "Functions"), this.#head(state), body),
      ...(rows.length > this.#limit
        ? [
            button(
              `Show more (${groupDigits(rows.length - this.#limit)})`,
              { class: "more" },
              () => {
                this.#limit += PAGE * 4;
                this.#render();
              },
            ),
          ]
        : []),
      ...(rows.length === 0
        ? [
            el(
              "p",
              { class: "none" },
              state.wanted.length > 0 ? "No function matches." : "Nothing was counted.",
            ),
          ]
        : []),
    );
    this.element.scrollTop = scroll;
    if (focused !== undefined) {
      this.element.querySelector<HTMLElement>(`th[data-key="${focused}"] button`)?.focus();
    }
  }

  #sorted({ column, wanted }: TableState): number[] {
    const { functions } = this.#model;
    const sign = this.#descending ? -1 : 1;
    const value = (func: number): number => {
      const { self, total } = functions[func]!;
      if (this.#key === "calls") return self[this.#calls] ?? 0;
      return (this.#key === "total" ? total : self)[column]!;
    };
    const rows = functions.flatMap(({ total, marks }, func) =>
      total.some((part) => part !== 0) &&
      !marks.includes("rest") &&
      (wanted.length === 0 || wanted[func] === 1)
        ? [func]
        : [],
    );
    return rows.toSorted((a, b) => {
      const [left, right] = [functions[a]!, functions[b]!];
      const byKey =
        this.#key === "name"
          ? left.name < right.name
            ? -1
            : Number(left.name > right.name)
          : value(a) - value(b);
      return sign * byKey || right.total[column]! - left.total[column]! || a - b;
    });
  }

  #head({ column }: TableState): HTMLElement {
    const head = (key: Key, text: string): HTMLElement => {
      const order = this.#descending ? "descending" : "ascending";
      const sorted = this.#key === key;
      return el(
        "th",
        {
          scope: "col",
          class: key === "name" ? "name" : `number ${key}`,
          "data-key": key,
          "aria-sort": sorted ? order : "none",
        },
        button(text, {}, () => this.#sortBy(key)),
      );
    };
    return el(
      "thead",
      {},
      el(
        "tr",
        {},
        head("name", "Function"),
        head("self", "Self"),
        head("total", "Total"),
        this.#showsCalls(column) ? head("calls", "Calls") : undefined,
      ),
    );
  }

  /** Characters of a name for which there is room on most screens; what is still too long is cut off. */
  get #columns(): number {
    const { clientWidth } = this.element;
    return clientWidth === 0 ? 100 : Math.max(18, Math.floor((clientWidth - 230) / 8) - 22);
  }

  #showsCalls(column: number): boolean {
    return this.#calls !== -1 && this.#calls !== column;
  }

  #sortBy(key: Key): void {
    this.#descending = this.#key === key ? !this.#descending : key !== "name";
    this.#key = key;
    this.#limit = PAGE;
    this.#render();
  }

  #row(func: number, { column, chosen }: TableState): HTMLElement {
    const info = this.#model.functions[func]!;
    const whole = this.#model.data.sums[column]!;
    const sign = about(info, column, this.#model);
    const cell = (which: "self" | "total"): HTMLElement =>
      el(
        "td",
        { class: `number ${which}` },
        el("span", { class: "value" }, `${sign}${groupDigits(info[which][column]!)}`),
        shareOf(info[which][column]!, whole),
      );
    const choose = button(
      labelOf(info.name, this.#columns),
      { class: "function", title: info.name },
      () => this.#choose(func),
    );
    const row = el(
      "tr",
      { "data-func": func, class: func === chosen ? "chosen" : undefined },
      el("td", { class: "name" }, el("div", {}, choose, ...marksOf(info))),
      cell("self"),
      cell("total"),
      this.#showsCalls(column)
        ? el("td", { class: "number calls" }, groupDigits(info.self[this.#calls]!))
        : undefined,
    );
    row.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest("button") === null) {
        this.#choose(func);
      }
    });
    return row;
  }
}
