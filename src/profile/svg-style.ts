/**
 * The style sheet inside each flame graph. Plain rules only: programs that turn SVG into pictures
 * know no variables.
 */
export const flameStyle: string = `
text { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1b1e24; white-space: pre; }
.page { fill: #ffffff; }
.heading { font: 600 20px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
.facts { font: 13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #4a5160; }
.detail, .note { fill: #4a5160; }
.found { text-anchor: end; font-weight: bold; fill: #a3155b; }
.box text { pointer-events: none; fill: #14161a; }
.live .box { cursor: pointer; outline: none; }
.live .box:hover rect { stroke: #14161a; stroke-width: 1; }
.box:focus-visible rect { stroke: #0b57d0; stroke-width: 2.5; }
.box.above rect { opacity: 0.5; }
.box.miss rect { opacity: 0.3; }
.box.miss text { fill: #4a5160; }
.box.hit rect { fill: #b3145f; }
.box.hit text { fill: #ffffff; }
input { box-sizing: border-box; width: 100%; height: 30px; padding: 4px 10px; font: 13px system-ui, sans-serif;
  color: #1b1e24; background: #ffffff; border: 1px solid #8a91a0; border-radius: 6px; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6e8ec; }
  .page { fill: #16181d; }
  .facts, .detail, .note { fill: #aab1bf; }
  .found { fill: #ff8fc2; }
  .box.above rect { opacity: 0.4; }
  .box.above text, .box.miss text { fill: #d5d9e2; }
  .live .box:hover rect { stroke: #ffffff; }
  .box:focus-visible rect { stroke: #8ab4ff; }
  input { color: #e6e8ec; background: #22252c; border-color: #5d6472; }
}
`;
