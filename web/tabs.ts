import { button, el } from "./dom.ts";

/** One of the page's views. */
export interface Tab {
  readonly id: string;
  readonly title: string;
  readonly panel: HTMLElement;
}

/** A row of tabs of which one shows its panel; arrow keys go from one to the next. */
export class Tabs {
  readonly list: HTMLElement;
  readonly panels: readonly HTMLElement[];
  readonly #tabs: readonly (Tab & { readonly button: HTMLButtonElement })[];
  /** Identifier of the tab that is shown. */
  shown = "";

  constructor(tabs: readonly Tab[]) {
    this.#tabs = tabs.map((tab) => ({ ...tab, button: this.#buttonOf(tab) }));
    this.list = el(
      "div",
      { class: "tabs", role: "tablist" },
      ...this.#tabs.map((tab) => tab.button),
    );
    this.list.addEventListener("keydown", ({ key }) => this.#step(key));
    this.panels = tabs.map(({ id, panel }) => {
      panel.id = `panel-${id}`;
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", `tab-${id}`);
      return panel;
    });
  }

  /** Shows a tab. */
  show(id: string): void {
    this.shown = id;
    for (const tab of this.#tabs) {
      tab.panel.hidden = tab.id !== id;
      tab.button.setAttribute("aria-selected", String(tab.id === id));
      tab.button.tabIndex = tab.id === id ? 0 : -1;
    }
  }

  #buttonOf({ id, title }: Tab): HTMLButtonElement {
    const attributes = { role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}` };
    return button(title, attributes, () => this.show(id));
  }

  #step(key: string): void {
    const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
    const at = this.#tabs.findIndex(({ id }) => id === this.shown);
    const next = this.#tabs[at + step];
    if (step === 0 || next === undefined) return;
    this.show(next.id);
    next.button.focus();
  }
}
