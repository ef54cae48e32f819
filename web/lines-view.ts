import { formatPercent, groupDigits } from "../src/profile/numbers.ts";
import type { FileLines, LinesReport } from "../src/report/report-data.ts";
import { el } from "./dom.ts";

/** Makes the view of the lines: a choice of files, and the lines of one of them. */
export function linesView(report: LinesReport): HTMLElement {
  const { files, sum, type } = report;
  const code = el("div", { class: "code", tabindex: "0", role: "region", "aria-label": "Lines" });
  const choice = el(
    "select",
    { id: "file" },
    ...files.map((file, index) => {
      const self = file.self.reduce((total, value) => total + value, 0);
      return el("option", { value: index }, `${formatPercent(self, sum)}  ${file.name}`);
    }),
  );
  const show = (): void => {
    const file = files[Number(choice.value)]!;
    code.replaceChildren(tableOf(file, sum, type.name));
    const hottest = code.querySelector('[data-hottest="1"]');
    code.scrollTop = 0;
    if (hottest instanceof HTMLElement && hottest.offsetTop > code.clientHeight) {
      code.scrollTop = hottest.offsetTop - code.clientHeight / 3;
    }
  };
  choice.addEventListener("change", show);
  const view = el(
    "div",
    { class: "lines" },
    el("label", { class: "file" }, el("span", {}, "File"), choice),
    code,
  );
  // Where the hottest line is can be measured only once the view is seen.
  new ResizeObserver((_, observer) => {
    if (code.clientHeight === 0) return;
    observer.disconnect();
    show();
  }).observe(code);
  return view;
}

function tableOf(file: FileLines, sum: number, unit: string): HTMLElement {
  const most = Math.max(...file.self, 0);
  const body = el("tbody");
  const costs = new Map(file.lines.map((line, index) => [line, index]));
  let hottest = false;
  const add = (line: number, text: string | undefined): void => {
    const at = costs.get(line);
    const self = at === undefined ? 0 : file.self[at]!;
    const total = at === undefined ? 0 : file.total[at]!;
    const first = !hottest && most > 0 && self === most;
    hottest ||= first;
    const row = el(
      "tr",
      { "data-line": line, "data-hottest": first ? "1" : undefined },
      el("td", { class: "number self" }, self > 0 ? groupDigits(self) : ""),
      el("td", { class: "number percent" }, self > 0 ? formatPercent(self, sum) : ""),
      el("td", { class: "number total" }, total > 0 ? groupDigits(total) : ""),
      el("th", { class: "number line", scope: "row" }, String(line)),
      el("td", { class: "text" }, text ?? ""),
    );
    row.style.setProperty("--heat", String(most === 0 ? 0 : Math.sqrt(self / most)));
    body.append(row);
  };
  if (file.source === undefined) for (const line of file.lines) add(line, undefined);
  let last = 0;
  for (const { first, lines } of file.source ?? []) {
    if (first > last + 1) body.append(gap(first - last - 1));
    lines.forEach((text, index) => add(first + index, text));
    last = first + lines.length - 1;
  }
  // Lines that the text does not have: it is of another version.
  if (file.source !== undefined)
    for (const line of file.lines) if (line > last) add(line, undefined);
  const heads = ["Self", "", "Total", "Line", ""].map((text, index) =>
    el(
      "th",
      {
        scope: "col",
        class: ["number self", "percent", "number total", "number line", "text"][index],
      },
      text,
    ),
  );
  return el(
    "table",
    {},
    el("caption", { class: "unseen" }, `${unit} by line of ${file.name}`),
    el("thead", {}, el("tr", {}, ...heads)),
    body,
  );
}

function gap(lines: number): HTMLElement {
  const text = `${groupDigits(lines)} ${lines === 1 ? "line" : "lines"} without cost`;
  return el("tr", { class: "gap" }, el("td", { colspan: 5 }, text));
}
