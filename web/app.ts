import { formatPercent, formatValue, groupDigits } from "../src/profile/numbers.ts";
import { detailOf } from "./detail-view.ts";
import { button, el } from "./dom.ts";
import type { Box } from "./flame-tree.ts";
import { calleeTree, callerTree } from "./flame-tree.ts";
import { FlameView } from "./flame-view.ts";
import { FunctionsView } from "./functions-view.ts";
import { linesView } from "./lines-view.ts";
import type { Model } from "./model.ts";
import { factsOf, nameOf } from "./names.ts";
import { search } from "./search.ts";
import { Tabs } from "./tabs.ts";

const HELP = [
  ["touch", "Tap a box to zoom in, the one above it to zoom out."],
  [
    "keys",
    "Click a box to zoom. Arrow keys move, Enter zooms, F shows the function, / searches, Escape goes back.",
  ],
] as const;

type Direction = "callees" | "callers";

/** The page: what is chosen, and the views that show it. */
export class App {
  readonly #model: Model;
  readonly #flame: FlameView;
  readonly #functions: FunctionsView;
  readonly #tabs: Tabs;
  readonly #query = el("input", {
    type: "search",
    id: "search",
    placeholder: "Search functions",
    "aria-label": "Search functions by their names",
    "aria-keyshortcuts": "/",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
  });
  readonly #matched = el("output", { class: "matched", for: "search" });
  readonly #status = el("footer", { class: "status" });
  readonly #detail = el("div", { class: "detail-place" });
  readonly #pane = el("div", { class: "pane functions-pane" });
  readonly #focusNote = el("span", { class: "focus" });
  readonly #directions: readonly (readonly [Direction, HTMLButtonElement])[];
  #column: number;
  #direction: Direction = "callees";
  /** Function whose callers or callees the flame graph shows, -1 for everything. */
  #focus = -1;
  #chosen = -1;
  #root: Box;

  constructor(model: Model) {
    this.#model = model;
    this.#column = model.data.primary;
    this.#root = calleeTree(model, this.#column);
    this.#flame = new FlameView(model, this.#root, {
      onPoint: (box) => this.#say(box),
      describe: (box) => [nameOf(model, box.func), ...this.#facts(box)].join(", "),
      onChoose: ({ func }) => this.#choose(func),
    });
    this.#functions = new FunctionsView(model, (func) => this.#choose(func));
    this.#directions = [
      ["callees", this.#directionButton("callees", "Callees")],
      ["callers", this.#directionButton("callers", "Callers")],
    ];
    this.#pane.append(this.#functions.element, this.#detail);
    this.#tabs = new Tabs([
      { id: "flame", title: "Flame graph", panel: this.#flamePane() },
      { id: "functions", title: "Functions", panel: this.#pane },
      ...(model.data.lines === undefined
        ? []
        : [{ id: "lines", title: "Lines", panel: linesView(model.data.lines) }]),
    ]);
  }

  /** Puts the page into an element. */
  mount(place: HTMLElement): void {
    const { data } = this.#model;
    const tools = el(
      "div",
      { class: "tools" },
      ...(data.links ?? []).map(({ title, href }) => el("a", { href }, title)),
      data.valueTypes.length > 1 ? this.#metricChoice() : undefined,
      el("div", { class: "search" }, this.#query, this.#matched),
    );
    place.append(
      el(
        "header",
        { class: "top" },
        el("div", { class: "title" }, el("h1", {}, data.module.name), this.#factLine()),
        tools,
      ),
      ...(data.notes.length === 0
        ? []
        : [el("ul", { class: "notes" }, ...data.notes.map((note) => el("li", {}, note)))]),
      this.#tabs.list,
      el("main", {}, ...this.#tabs.panels),
    );
    this.#query.addEventListener("input", () => this.#search());
    window.addEventListener("keydown", (event) => this.#key(event));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
      this.#flame.recolour(),
    );
    this.#tabs.show(this.#model.depth > 1 ? "flame" : "functions");
    this.#showTree();
    this.#search();
    this.#say(undefined);
  }

  #factLine(): HTMLElement {
    const { data, functions } = this.#model;
    const type = data.valueTypes[data.primary]!;
    const count = functions.filter(({ total }) => total.some((value) => value !== 0)).length;
    const others = data.valueTypes.flatMap((other, index) =>
      index === data.primary ? [] : [formatValue(data.sums[index]!, other)],
    );
    const facts = [
      formatValue(data.sums[data.primary]!, type),
      ...others.slice(0, 2),
      `mode ${data.mode}`,
      `${groupDigits(count)} ${count === 1 ? "function" : "functions"}`,
    ];
    const sha256 = data.module.sha256;
    return el(
      "p",
      { class: "facts", title: sha256 === "" ? undefined : `SHA-256 ${sha256}` },
      ...facts.map((fact) => el("span", {}, fact)),
    );
  }

  #metricChoice(): HTMLElement {
    const { data } = this.#model;
    const select = el(
      "select",
      { id: "metric", "aria-label": "What counts" },
      ...data.valueTypes.map(({ name }, index) =>
        el("option", { value: index, selected: index === data.primary }, name || "(no name)"),
      ),
    );
    select.addEventListener("change", () => {
      this.#column = Number(select.value);
      this.#showTree();
      this.#search();
    });
    return select;
  }

  #flamePane(): HTMLElement {
    const bar = el(
      "div",
      { class: "flame-bar" },
      el("div", { class: "switch", role: "group", "aria-label": "Direction" }),
      this.#focusNote,
    );
    bar.firstElementChild!.append(...this.#directions.map(([, element]) => element));
    return el("div", { class: "pane flame-pane" }, bar, this.#flame.element, this.#status);
  }

  #directionButton(direction: Direction, text: string): HTMLButtonElement {
    const title =
      direction === "callees"
        ? "Below each function what it called"
        : "Below each function who called it";
    return button(text, { title, "data-direction": direction }, () => {
      this.#direction = direction;
      this.#showTree();
    });
  }

  #showTree(): void {
    const make = this.#direction === "callees" ? calleeTree : callerTree;
    this.#root = make(this.#model, this.#column, this.#focus);
    this.#flame.show(this.#root);
    for (const [direction, element] of this.#directions) {
      element.setAttribute("aria-pressed", String(direction === this.#direction));
    }
    this.#focusNote.replaceChildren(
      ...(this.#focus === -1
        ? []
        : [
            el("span", { class: "of" }, `of ${nameOf(this.#model, this.#focus)}`),
            button("Show all", {}, () => this.#focusOn(-1, this.#direction)),
          ]),
    );
  }

  #focusOn(func: number, direction: Direction): void {
    this.#focus = func;
    this.#direction = direction;
    this.#tabs.show("flame");
    this.#showTree();
    this.#flame.element.focus();
  }

  #choose(func: number): void {
    this.#chosen = func;
    this.#tabs.show("functions");
    this.#pane.classList.add("with-detail");
    this.#search();
  }

  #close(): void {
    const row = this.#functions.element.querySelector<HTMLElement>("tr.chosen button");
    this.#chosen = -1;
    this.#pane.classList.remove("with-detail");
    this.#detail.replaceChildren();
    row?.focus();
  }

  #renderDetail(): void {
    if (this.#chosen === -1) return;
    this.#detail.replaceChildren(
      detailOf(this.#model, this.#column, this.#chosen, {
        choose: (func) => this.#choose(func),
        close: () => {
          this.#close();
          this.#search();
        },
        flame: (func, direction) => this.#focusOn(func, direction),
      }),
    );
    this.#detail.scrollTop = 0;
  }

  #search(): void {
    const found = search(this.#model, this.#column, this.#query.value);
    const whole = this.#model.data.sums[this.#column]!;
    this.#flame.highlight(found.functions);
    this.#functions.show({ column: this.#column, wanted: found.functions, chosen: this.#chosen });
    this.#renderDetail();
    const count = `${groupDigits(found.count)} ${found.count === 1 ? "function" : "functions"}`;
    this.#matched.textContent =
      found.functions.length === 0 ? "" : `${formatPercent(found.value, whole)} in ${count}`;
  }

  #facts(box: Box): string[] {
    return factsOf(this.#model, this.#column, box, this.#root.value);
  }

  #say(box: Box | undefined): void {
    if (box === undefined) {
      const texts = HELP.map(([kind, text]) => el("span", { class: `help ${kind}` }, text));
      this.#status.replaceChildren(...texts);
      return;
    }
    this.#status.replaceChildren(
      el("strong", {}, nameOf(this.#model, box.func)),
      el("span", { class: "numbers" }, this.#facts(box).join(" · ")),
      ...(box.func === -1
        ? []
        : [button("Show function", { class: "to-function" }, () => this.#choose(box.func))]),
    );
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target instanceof HTMLInputElement;
    if (event.key === "/" && !typing) {
      event.preventDefault();
      this.#query.focus();
      this.#query.select();
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.#back(typing);
    } else if (event.key === "Enter" && event.target === this.#query) {
      if (this.#tabs.shown === "flame") this.#flame.element.focus();
    }
  }

  /** Undoes one thing: the search, the zoom, the chosen function, or what the flame graph is of. */
  #back(typing: boolean): void {
    if (this.#query.value !== "") {
      this.#query.value = "";
      this.#search();
    } else if (this.#tabs.shown === "functions" && this.#chosen !== -1) {
      this.#close();
      this.#search();
    } else if (this.#tabs.shown === "flame" && !this.#flame.reset() && this.#focus !== -1) {
      this.#focusOn(-1, this.#direction);
    }
    if (typing) this.#query.blur();
  }
}
