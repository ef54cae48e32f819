import { boxColour } from "../src/profile/svg-colour.ts";
import { el } from "./dom.ts";
import type { Range, Row } from "./flame-layout.ts";
import { boxAt, layoutOf } from "./flame-layout.ts";
import type { Box } from "./flame-tree.ts";
import type { Model } from "./model.ts";
import { labelOf, nameOf } from "./names.ts";

const ZOOM_MS = 160;
const FONT = '12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace';

/** What a flame graph tells the page. */
export interface FlameEvents {
  /** The pointer or the keyboard stands on a box, or on none. */
  readonly onPoint: (box: Box | undefined) => void;
  /** Describes a box to those who do not see it. */
  readonly describe: (box: Box) => string;
  /** The function of a box was chosen. */
  readonly onChoose: (box: Box) => void;
}

/** A flame graph on a canvas as large as its window, which draws what can be seen of it. */
export class FlameView {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #events: FlameEvents;
  readonly #canvas = el("canvas", { "aria-hidden": "true" });
  /** As high as all levels, so that the canvas in it can stay in sight. */
  readonly #spacer = el("div", { class: "spacer" });
  readonly #item = el("div", { id: "focused-box", role: "treeitem", class: "unseen" });
  readonly #cut = el("p", { class: "none", hidden: true }, "Deeper levels are left out.");
  readonly #colours = new Map<string, string>();
  #root: Box;
  #zoomed: Box;
  #range: Range = { start: 0, span: 1 };
  #rows: readonly Row[] = [];
  #focused: Box;
  #hovered: Box | undefined;
  #matches: Uint8Array = new Uint8Array(0);
  #animation = 0;
  #pending = false;

  constructor(model: Model, root: Box, events: FlameEvents) {
    this.#model = model;
    this.#events = events;
    this.#root = this.#zoomed = this.#focused = root;
    this.element = el(
      "div",
      { class: "stage", role: "tree", tabindex: "0", "aria-label": "Flame graph" },
      this.#spacer,
      this.#cut,
      this.#item,
    );
    this.#spacer.append(this.#canvas);
    this.element.setAttribute("aria-activedescendant", this.#item.id);
    this.#listen();
  }

  /** Shows another tree. */
  show(root: Box): void {
    this.#root = this.#zoomed = this.#focused = root;
    this.#range = rangeOf(root);
    this.element.scrollTop = 0;
    this.#layOut();
    this.#announce();
  }

  /** Colours the functions that match, by index; an empty list ends it. */
  highlight(matches: Uint8Array): void {
    this.#matches = matches;
    this.refresh();
  }

  /** Draws anew, after a change of the colours. */
  recolour(): void {
    this.#colours.clear();
    this.refresh();
  }

  /** Draws when the browser is ready to. */
  refresh(): void {
    if (this.#pending) return;
    this.#pending = true;
    requestAnimationFrame(() => {
      this.#pending = false;
      this.#draw();
    });
  }

  /** Goes back to the whole tree; says whether it was not there already. */
  reset(): boolean {
    const away = this.#range.span !== rangeOf(this.#root).span;
    this.#focus(this.#root);
    this.#zoom(this.#root);
    return away;
  }

  #listen(): void {
    const { element } = this;
    new ResizeObserver(() => this.#layOut()).observe(element);
    element.addEventListener("scroll", () => this.refresh());
    element.addEventListener("pointermove", (event) => this.#hover(this.#boxAt(event)));
    element.addEventListener("pointerleave", () => this.#hover(undefined));
    element.addEventListener("click", (event) => {
      const box = this.#boxAt(event);
      if (box === undefined) return this.#magnify(event);
      this.#focus(box);
      this.#zoom(box);
    });
    element.addEventListener("dblclick", (event) => {
      const box = this.#boxAt(event);
      if (box !== undefined && box.func !== -1) this.#events.onChoose(box);
    });
    element.addEventListener("focus", () => this.#events.onPoint(this.#focused));
    element.addEventListener("keydown", (event) => this.#key(event));
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = this.#neighbour(event.key);
    if (next !== undefined) this.#focus(next);
    else if (event.key === "Enter" || event.key === " ") this.#zoom(this.#focused);
    else if (event.key === "f" && this.#focused.func !== -1) this.#events.onChoose(this.#focused);
    else if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
  }

  #neighbour(key: string): Box | undefined {
    const box = this.#focused;
    const row = this.#rows[box.level]?.boxes ?? [];
    switch (key) {
      case "ArrowUp":
        return box.parent;
      case "ArrowDown":
        return box.children()[0];
      case "ArrowLeft":
        return row[row.indexOf(box) - 1];
      case "ArrowRight":
        return row[row.indexOf(box) + 1];
      case "Home":
        return this.#root;
      default:
        return undefined;
    }
  }

  #focus(box: Box): void {
    this.#focused = box;
    const { start, span } = this.#range;
    // A box out of sight, or too narrow to be seen, comes into sight with its parent.
    const seen = box.start >= start - span * 1e-9 && (box.value / span) * this.#width >= 3;
    if (!seen && box.parent !== undefined) this.#zoom(box.parent);
    this.#announce();
    this.#scrollTo(box);
    this.#events.onPoint(box);
    this.refresh();
  }

  #announce(): void {
    this.#item.textContent = this.#events.describe(this.#focused);
    this.#item.setAttribute("aria-level", String(this.#focused.level + 1));
    this.element.dataset["zoomed"] = nameOf(this.#model, this.#zoomed.func);
  }

  #scrollTo({ level }: Box): void {
    const [top, bottom] = [level * this.#rowHeight, (level + 1) * this.#rowHeight];
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (bottom > scrollTop + clientHeight) this.element.scrollTop = bottom - clientHeight;
  }

  #zoom(box: Box): void {
    if (box.value <= 0) return;
    this.#zoomed = box;
    this.#announce();
    this.#moveTo(rangeOf(box));
  }

  /** Comes nearer to boxes that are too narrow to be seen. */
  #magnify(event: MouseEvent): void {
    const at = this.#valueAt(event);
    const { blurs } = this.#rows[this.#levelAt(event)] ?? { blurs: [] };
    const blur = blurs.find(({ start, span }) => start <= at && at < start + span);
    if (blur === undefined) return;
    const span = Math.min(blur.span, this.#range.span / 10);
    const start = Math.min(Math.max(at - span / 2, blur.start), blur.start + blur.span - span);
    this.#moveTo({ start, span });
  }

  #moveTo(to: Range): void {
    const from = this.#range;
    cancelAnimationFrame(this.#animation);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.#range = to;
      this.#layOut();
      return;
    }
    const begin = performance.now();
    const step = (now: number): void => {
      const part = Math.min(1, Math.max(0, (now - begin) / ZOOM_MS));
      const eased = 1 - (1 - part) ** 3;
      this.#range =
        part === 1
          ? to
          : {
              start: from.start + (to.start - from.start) * eased,
              span: from.span + (to.span - from.span) * eased,
            };
      this.#layOut();
      if (part < 1) this.#animation = requestAnimationFrame(step);
    };
    this.#animation = requestAnimationFrame(step);
  }

  #hover(box: Box | undefined): void {
    if (box === this.#hovered) return;
    this.#hovered = box;
    this.element.classList.toggle("on-box", box !== undefined);
    this.#events.onPoint(box);
    this.refresh();
  }

  #boxAt(event: MouseEvent): Box | undefined {
    return boxAt(this.#rows[this.#levelAt(event)]?.boxes ?? [], this.#valueAt(event));
  }

  #levelAt({ clientY }: MouseEvent): number {
    const { top } = this.element.getBoundingClientRect();
    return Math.floor((clientY - top + this.element.scrollTop) / this.#rowHeight);
  }

  #valueAt({ clientX }: MouseEvent): number {
    const { left } = this.element.getBoundingClientRect();
    return this.#range.start + ((clientX - left) / this.#width) * this.#range.span;
  }

  get #width(): number {
    return Math.max(1, this.element.clientWidth);
  }

  get #rowHeight(): number {
    return matchMedia("(pointer: coarse)").matches ? 26 : 20;
  }

  #layOut(): void {
    const { rows, cut } = layoutOf(this.#root, this.#range, this.#width);
    this.#rows = rows;
    this.#cut.hidden = !cut;
    const height = Math.max(this.#rows.length * this.#rowHeight + 4, this.element.clientHeight);
    this.#spacer.style.height = `${height}px`;
    this.#canvas.style.height = `${this.element.clientHeight}px`;
    this.element.dataset["row"] = String(this.#rowHeight);
    this.element.dataset["levels"] = String(this.#rows.length);
    this.#draw();
  }

  #draw(): void {
    const { clientWidth, clientHeight, scrollTop } = this.element;
    const density = Math.min(3, devicePixelRatio || 1);
    const [width, height] = [clientWidth * density, clientHeight * density].map(Math.round);
    if (width === 0 || height === 0) return;
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width!;
      this.#canvas.height = height!;
    }
    const context = this.#canvas.getContext("2d")!;
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, clientWidth, clientHeight);
    context.font = FONT;
    context.textBaseline = "middle";
    const pen: Pen = {
      context,
      theme: themeOf(this.element),
      character: context.measureText("0").width,
      scale: clientWidth / this.#range.span,
      rowHeight: this.#rowHeight,
    };
    const first = Math.max(0, Math.floor(scrollTop / pen.rowHeight));
    const last = Math.ceil((scrollTop + clientHeight) / pen.rowHeight);
    for (let level = first; level < Math.min(last, this.#rows.length); level++) {
      const y = level * pen.rowHeight - scrollTop;
      for (const blur of this.#rows[level]!.blurs) this.#drawBlur(pen, blur, y);
      for (const box of this.#rows[level]!.boxes) this.#drawBox(pen, box, y);
    }
  }

  /** Shows that something is there which cannot be seen at this zoom. */
  #drawBlur({ context, theme, scale, rowHeight }: Pen, { start, span }: Range, y: number): void {
    context.globalAlpha = 0.45;
    context.fillStyle = theme.plain;
    const left = (start - this.#range.start) * scale;
    context.fillRect(left, y, Math.max(0.5, span * scale - 1), rowHeight - 1);
  }

  #drawBox(pen: Pen, box: Box, y: number): void {
    const { context, theme, scale, rowHeight } = pen;
    const clip = this.element.clientWidth;
    const left = Math.max(0, (box.start - this.#range.start) * scale);
    const right = Math.min(clip, (box.start + box.value - this.#range.start) * scale);
    const whole = right - left;
    // A gap between neighbours, as long as there is room for one.
    const width = whole > 3 ? whole - 1 : whole * 0.75;
    const info = this.#model.functions[box.func];
    const searching = this.#matches.length > 0;
    const hit = searching && this.#matches[box.func] === 1;
    context.globalAlpha = (searching && !hit) || box.level < this.#zoomed.level ? 0.45 : 1;
    context.fillStyle = hit ? theme.hit : this.#colourOf(box, theme);
    context.beginPath();
    if (width > 6) context.roundRect(left, y, width, rowHeight - 1, 2.5);
    else context.rect(left, y, width, rowHeight - 1);
    context.fill();
    const lit = box === this.#hovered || (box === this.#focused && this.element.matches(":focus"));
    if (lit) {
      context.globalAlpha = 1;
      context.strokeStyle = theme.line;
      context.lineWidth = box === this.#hovered ? 1 : 2;
      context.stroke();
    }
    const columns = Math.floor((width - 10) / pen.character);
    if (columns < 2) return;
    const label = labelOf(nameOf(this.#model, box.func), columns);
    if (label === "") return;
    context.fillStyle = hit ? theme.hitText : theme.text;
    if (info?.marks.includes("inlined")) context.font = `italic ${FONT}`;
    context.fillText(label, left + 5, y + rowHeight / 2);
    if (info?.marks.includes("inlined")) context.font = FONT;
  }

  #colourOf(box: Box, theme: Theme): string {
    const info = this.#model.functions[box.func];
    if (info === undefined || info.marks.includes("host") || info.marks.includes("rest")) {
      return theme.plain;
    }
    let colour = this.#colours.get(info.name);
    if (colour === undefined) {
      this.#colours.set(info.name, (colour = boxColour(info.name, theme.dark ? "dark" : "light")));
    }
    return colour;
  }
}

/** What boxes are drawn with. */
interface Pen {
  readonly context: CanvasRenderingContext2D;
  readonly theme: Theme;
  /** Width of a character. */
  readonly character: number;
  /** Pixels for one unit of the value. */
  readonly scale: number;
  readonly rowHeight: number;
}

interface Theme {
  readonly dark: boolean;
  readonly text: string;
  readonly plain: string;
  readonly line: string;
  readonly hit: string;
  readonly hitText: string;
}

function themeOf(element: HTMLElement): Theme {
  const style = getComputedStyle(element);
  const get = (name: string): string => style.getPropertyValue(name).trim();
  return {
    dark: matchMedia("(prefers-color-scheme: dark)").matches,
    text: get("--box-text"),
    plain: get("--box-plain"),
    line: get("--box-line"),
    hit: get("--hit"),
    hitText: get("--hit-text"),
  };
}

function rangeOf({ start, value }: Box): Range {
  return { start, span: value > 0 ? value : 1 };
}
