const GAP = 12;

/** Shows what a mark stands for beside the pointer, or where it was tapped. */
export function showTips(): void {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  // Readers of the tables get the same numbers there.
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);
  document.addEventListener("pointermove", (event) => place(tip, event));
  document.addEventListener("pointerdown", (event) => place(tip, event));
  document.addEventListener("scroll", () => (tip.hidden = true), { passive: true });
}

function place(tip: HTMLElement, { target, pageX, pageY }: PointerEvent): void {
  const marked = target instanceof Element ? target.closest("[data-tip]") : null;
  tip.hidden = marked === null;
  if (marked === null) return;
  tip.textContent = marked.getAttribute("data-tip");
  const right = document.documentElement.scrollLeft + document.documentElement.clientWidth;
  // The policy of the page forbids styles in attributes, not those set by its script.
  tip.style.left = `${Math.max(0, Math.min(pageX + GAP, right - tip.offsetWidth - 8))}px`;
  const above = pageY - tip.offsetHeight - GAP;
  tip.style.top = `${above < document.documentElement.scrollTop ? pageY + GAP : above}px`;
}
