import { formatPercent } from "../src/profile/numbers.ts";

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
type Child = Node | string | undefined;

/** Makes an element; texts become text, never markup. An attribute that is false or undefined is left out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** Makes a button with an action. */
export function button(
  text: string,
  attributes: Attributes,
  act: (event: MouseEvent) => void,
): HTMLButtonElement {
  const element = el("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", act);
  return element;
}

/** Makes a percentage with a bar behind it. */
export function shareOf(part: number, whole: number): HTMLElement {
  const element = el("span", { class: "share" }, formatPercent(part, whole));
  element.style.setProperty("--share", String(whole > 0 ? Math.min(1, part / whole) : 0));
  return element;
}
