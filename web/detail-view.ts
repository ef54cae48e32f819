import { formatPercent, formatValue, groupDigits } from "../src/profile/numbers.ts";
import { button, el, shareOf } from "./dom.ts";
import type { Model } from "./model.ts";
import { about, labelOf, marksOf, nameOf } from "./names.ts";
import type { Neighbour } from "./sandwich.ts";
import { sandwichOf } from "./sandwich.ts";

/** Callers or callees that are shown at once. */
const LIMIT = 100;

/** Characters of a name; what is still too long for the screen is cut off. */
const NAME_COLUMNS = 40;

/** What the buttons of a function's page do. */
export interface DetailEvents {
  readonly choose: (func: number) => void;
  readonly close: () => void;
  readonly flame: (func: number, direction: "callers" | "callees") => void;
}

/** Makes the page of one function: its numbers, between those that call it and those that it calls. */
export function detailOf(
  model: Model,
  column: number,
  func: number,
  events: DetailEvents,
): HTMLElement {
  const info = model.functions[func]!;
  const { valueTypes, sums } = model.data;
  const sandwich = sandwichOf(model, column, func);
  const type = valueTypes[column]!;
  const sign = about(info, column, model);
  const fact = (name: string, value: string): HTMLElement[] => [
    el("dt", {}, name),
    el("dd", {}, value),
  ];
  const share = (value: number): string =>
    `${sign}${formatValue(value, type)} (${formatPercent(value, sums[column]!)})`;
  const others = valueTypes.flatMap((other, at) =>
    at === column ? [] : fact(other.name, groupDigits(info.self[at]!)),
  );
  return el(
    "article",
    { class: "detail", "aria-label": `Function ${info.name}` },
    button("Close", { class: "close", "aria-label": "Close" }, events.close),
    el("h2", {}, info.name, ...marksOf(info)),
    info.mangled === undefined ? undefined : el("p", { class: "mangled" }, info.mangled),
    el(
      "dl",
      {},
      ...fact("self", share(info.self[column]!)),
      ...fact("total", share(info.total[column]!)),
      ...others,
      ...(info.index === -1 ? [] : fact("function", String(info.index))),
      ...(info.place === undefined ? [] : fact("file", info.place)),
    ),
    el(
      "p",
      { class: "actions" },
      button("Flame graph of its callees", {}, () => events.flame(func, "callees")),
      button("Flame graph of its callers", {}, () => events.flame(func, "callers")),
    ),
    list(model, "Called by", "callers", sandwich.callers, sandwich.total, events),
    list(
      model,
      "Calls",
      "callees",
      [
        ...(sandwich.self > 0 ? [{ func, value: sandwich.self }] : []),
        ...sandwich.callees,
      ].toSorted((a, b) => b.value - a.value),
      sandwich.total,
      events,
      func,
    ),
  );
}

function list(
  model: Model,
  title: string,
  kind: string,
  rows: readonly Neighbour[],
  whole: number,
  events: DetailEvents,
  own = -1,
): HTMLElement {
  const body = el("tbody");
  for (const { func, value } of rows.slice(0, LIMIT)) {
    const name =
      func === -1
        ? el("span", { class: "start" }, "(start of the stack)")
        : func === own
          ? el("span", { class: "start" }, "(the function itself)")
          : button(
              labelOf(nameOf(model, func), NAME_COLUMNS),
              { class: "function", title: nameOf(model, func) },
              () => events.choose(func),
            );
    const marks = func === -1 || func === own ? [] : marksOf(model.functions[func]!);
    body.append(
      el(
        "tr",
        { "data-value": value },
        el("td", { class: "name" }, el("div", {}, name, ...marks)),
        el(
          "td",
          { class: "number" },
          el("span", { class: "value" }, groupDigits(value)),
          shareOf(value, whole),
        ),
      ),
    );
  }
  const left = rows.length - LIMIT;
  return el(
    "section",
    { class: kind },
    el("h3", {}, title),
    rows.length === 0 ? el("p", { class: "none" }, "Nothing.") : el("table", {}, body),
    left > 0 ? el("p", { class: "none" }, `and ${groupDigits(left)} with less`) : undefined,
  );
}
