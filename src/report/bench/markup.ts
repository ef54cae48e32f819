/** A piece of HTML or SVG in which all text is escaped. */
export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }
}

/** What can stand in an element: text is escaped, nothing is left out, lists are joined. */
export type Content = Markup | string | number | undefined | readonly Content[];

/** Attributes; those without a value are left out, `true` stands alone. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Elements of HTML that have no end. */
const empty: ReadonlySet<string> = new Set(["meta", "link", "input", "br"]);

/** Makes an element with attributes and content. */
export function element(name: string, attributes: Attributes, ...content: Content[]): Markup {
  const spelled = Object.entries(attributes).map(([key, value]) =>
    value === undefined || value === false
      ? ""
      : ` ${key}${value === true ? "" : `="${escapeText(String(value))}"`}`,
  );
  const start = `<${name}${spelled.join("")}>`;
  return new Markup(empty.has(name) ? start : `${start}${render(content)}</${name}>`);
}

/** Spells content. */
export function render(content: Content): string {
  if (content === undefined) return "";
  if (content instanceof Markup) return content.html;
  if (typeof content === "string") return escapeText(content);
  if (typeof content === "number") return String(content);
  return content.map(render).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

function escapeText(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities[character]!);
}

/** Spells a coordinate as a share of the width, in percent with three digits behind the point. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(3))}%`;
}
