/** Makes the heads of tables buttons that sort by their column. */
export function sortTables(): void {
  for (const table of document.querySelectorAll("table[data-sortable]")) {
    const heads = [...table.querySelectorAll<HTMLTableCellElement>("thead th")];
    heads.forEach((head, column) => {
      if (head.textContent === "") return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        sortBody(table.querySelector("tbody")!, column, down ? -1 : 1);
      });
    });
  }
}

function sortBody(body: HTMLTableSectionElement, column: number, sign: number): void {
  const rows = [...body.rows].map((row) => ({ row, cell: row.cells[column]! }));
  rows.sort((a, b) => sign * compare(a.cell, b.cell));
  body.append(...rows.map(({ row }) => row));
}

/** Values by size, text by letters; what has no value is last going up. */
function compare(a: HTMLElement, b: HTMLElement): number {
  const [left, right] = [a.dataset["value"], b.dataset["value"]];
  if (left !== undefined && right !== undefined) return Number(left) - Number(right);
  if (left !== undefined || right !== undefined) return left === undefined ? 1 : -1;
  return (a.textContent ?? "").localeCompare(b.textContent ?? "", "en", { numeric: true });
}

/** Lets rows of markers be sorted by one runtime's value: by the place of its marker. */
export function sortRows(): void {
  for (const box of document.querySelectorAll<HTMLElement>("[data-sortable=rows]")) {
    const rows = [...box.querySelectorAll<HTMLElement>(".row[data-name]")];
    const items = box.parentElement!.querySelectorAll<HTMLElement>(".legend [data-series]");
    if (rows.length < 3) continue;
    const select = document.createElement("select");
    select.append(new Option("name", ""));
    for (const item of items)
      select.append(new Option(item.innerText.trim(), item.dataset["series"]));
    const label = document.createElement("label");
    label.className = "sort";
    label.append("Sort by ", select);
    box.before(label);
    select.addEventListener("change", () => {
      const sorted = rows.toSorted((a, b) => placeOf(a, select.value) - placeOf(b, select.value));
      const axis = box.querySelectorAll(".axis");
      axis[axis.length - 1]!.before(...(select.value === "" ? rows : sorted));
    });
  }
}

function placeOf(row: HTMLElement, series: string): number {
  const marker = series === "" ? null : row.querySelector(`svg svg.of-${series}`);
  return marker === null ? Infinity : Number.parseFloat(marker.getAttribute("x")!);
}
