/** Turns legends into buttons that hide and show a runtime in all figures. */
export function hideBySeries(): void {
  const buttons = new Map<string, HTMLButtonElement[]>();
  for (const item of document.querySelectorAll<HTMLElement>(".legend li[data-series]")) {
    const series = item.dataset["series"]!;
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "true");
    button.append(...item.childNodes);
    item.append(button);
    buttons.set(series, [...(buttons.get(series) ?? []), button]);
    button.addEventListener("click", () => {
      const hide = button.getAttribute("aria-pressed") === "true";
      for (const other of buttons.get(series)!) other.setAttribute("aria-pressed", String(!hide));
      show(series, !hide);
    });
  }
}

function show(series: string, shown: boolean): void {
  for (const mark of document.querySelectorAll(`.figure .of-${series}:not(.swatch)`)) {
    mark.toggleAttribute("hidden", !shown);
  }
}
