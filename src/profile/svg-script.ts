/**
 * The script inside each flame graph: zoom, search and keys. It is text, since it runs in a browser
 * on elements that this package never sees; without it the picture is complete, but fixed. It takes
 * all it needs from the picture itself.
 */
export const flameScript: string = String.raw`(function () {
"use strict";
var svg = document.currentScript.ownerSVGElement;
var NS = svg.namespaceURI, XHTML = "http://www.w3.org/1999/xhtml";
var setup = svg.querySelector(".graph").dataset;
var MARGIN = +setup.margin, WIDTH = +setup.width, TOP = +setup.top, ROW = +setup.row, CHAR = +setup.char;
var partial = setup.partial === "1";
var header = svg.querySelector(".header"), detail = svg.querySelector(".detail");
var width = WIDTH, query = "";

var boxes = Array.prototype.map.call(svg.querySelectorAll(".box"), function (group) {
  var rect = group.querySelector("rect"), title = group.querySelector("title").textContent;
  return {
    group: group, rect: rect, text: group.querySelector("text"), lines: title.split("\n"),
    value: +group.dataset.v, level: Math.round((+rect.getAttribute("y") - TOP) / ROW),
    start: (+rect.getAttribute("x") - MARGIN) / (WIDTH - 2 * MARGIN), parent: null, inside: true
  };
});
var root = boxes[0], zoomed = root, total = root.value || 1;
boxes.sort(function (a, b) { return a.level - b.level || a.start - b.start; });
var levels = [];
boxes.forEach(function (box) { (levels[box.level] = levels[box.level] || []).push(box); });
for (var level = 1; level < levels.length; level++) {
  var at = 0, above = levels[level - 1];
  levels[level].forEach(function (box) {
    while (at + 1 < above.length && above[at + 1].start <= box.start + 1e-6) at++;
    box.parent = above[at];
  });
}

function columns(character) { return character.codePointAt(0) >= 0x1100 ? 2 : 1; }
function clip(text, room) {
  var kept = "", left = Math.floor(room), characters = Array.from(text);
  var needed = characters.reduce(function (sum, character) { return sum + columns(character); }, 0);
  if (needed <= left) return text;
  if (left < 2) return "";
  left--;
  for (var i = 0; i < characters.length; i++) {
    left -= columns(characters[i]);
    if (left < 0) break;
    kept += characters[i];
  }
  return kept + "\u2026";
}
function lastPart(name) {
  var depth = 0, start = 0;
  for (var i = 0; i < name.length; i++) {
    if ("<({[".indexOf(name[i]) !== -1) depth++;
    else if (">)}]".indexOf(name[i]) !== -1) depth = Math.max(0, depth - 1);
    else if (depth === 0 && (name.substr(i, 2) === "::" || name[i] === "." || name[i] === "/")) start = name.substr(i, 2) === "::" ? i + 2 : i + 1;
  }
  return name.slice(start) || name;
}
function label(name, room) {
  var whole = clip(name, room);
  return whole === name ? name : clip(lastPart(name), room);
}
function isAbove(box) {
  for (var node = zoomed.parent; node; node = node.parent) if (node === box) return true;
  return false;
}
function draw() {
  var room = width - 2 * MARGIN;
  boxes.forEach(function (box) {
    var above = isAbove(box), whole = above || box === zoomed;
    box.inside = box === zoomed || !!(box.parent && box.parent.inside);
    var wide = whole ? room : box.value / zoomed.value * room;
    var shown = whole || (box.inside && wide >= 0.1);
    box.group.style.display = shown ? "" : "none";
    if (!shown) return;
    var x = MARGIN + (whole ? 0 : (box.start - zoomed.start) * total / zoomed.value * room);
    box.rect.setAttribute("x", x.toFixed(3));
    box.rect.setAttribute("width", (wide > 2 ? wide - 1 : wide * 0.7).toFixed(3));
    box.group.classList.toggle("above", above);
    var shownName = label(box.lines[0], (wide - 9) / CHAR);
    if (shownName !== "" && !box.text) {
      box.text = document.createElementNS(NS, "text");
      box.text.setAttribute("y", String(TOP + box.level * ROW + 12.5));
      box.group.appendChild(box.text);
    }
    if (box.text) { box.text.setAttribute("x", (x + 4).toFixed(3)); box.text.textContent = shownName; }
  });
}
function zoom(box) {
  if (box.value > 0) { zoomed = box; draw(); }
  svg.dataset.zoomed = zoomed.lines[0];
}
function search(text) {
  query = text.trim().toLowerCase();
  var sum = 0;
  boxes.forEach(function (box) {
    var hit = query !== "" && box !== root && box.lines[0].toLowerCase().indexOf(query) !== -1;
    // What is below a match is part of it already.
    var under = !!(box.parent && box.parent.matched);
    box.matched = hit || under;
    if (hit && !under) sum += box.value;
    box.group.classList.toggle("hit", hit);
    box.group.classList.toggle("miss", query !== "" && !hit);
  });
  found.textContent = query === "" ? "" :
    (partial ? "matched \u2265 " : "matched ") + (sum / total * 100).toFixed(2) + " %";
}
function describe(box) { detail.textContent = clip(box ? box.lines.join("  \u00b7  ") : detail.dataset.help, (width - 2 * MARGIN) / CHAR); }
function near(box, key) {
  if (key === "ArrowUp") return box.parent;
  var row = levels[key === "ArrowDown" ? box.level + 1 : box.level] || [];
  var shown = row.filter(function (other) { return other.group.style.display !== "none"; });
  if (key === "ArrowDown") {
    var children = shown.filter(function (other) { return other.parent === box; });
    return children.sort(function (a, b) { return b.value - a.value; })[0];
  }
  return shown[shown.indexOf(box) + (key === "ArrowRight" ? 1 : -1)];
}
function boxOf(event) {
  var group = event.target.closest && event.target.closest(".box");
  return group && boxes.find(function (box) { return box.group === group; });
}
function focus(box) {
  boxes.forEach(function (other) { if (other.group.tabIndex === 0) other.group.setAttribute("tabindex", "-1"); });
  box.group.setAttribute("tabindex", "0");
  box.group.focus();
}

var holder = document.createElementNS(NS, "foreignObject");
var input = document.createElementNS(XHTML, "input");
input.setAttribute("type", "search");
input.setAttribute("placeholder", "Search (Ctrl-F)");
input.setAttribute("aria-label", "Search functions by a part of their name");
holder.setAttribute("width", "230");
holder.setAttribute("height", "32");
holder.setAttribute("y", "10");
holder.appendChild(input);
var found = document.createElementNS(NS, "text");
found.setAttribute("class", "found");
found.setAttribute("role", "status");
found.setAttribute("y", "58");
header.appendChild(holder);
header.appendChild(found);
// Drawn last, the heading stays above the boxes while the page is scrolled.
svg.appendChild(header);
svg.classList.add("live");

function resize() {
  width = Math.max(480, svg.getBoundingClientRect().width || WIDTH);
  holder.setAttribute("x", String(width - MARGIN - 230));
  found.setAttribute("x", String(width - MARGIN));
  draw();
  describe();
}
svg.setAttribute("width", "100%");
svg.removeAttribute("viewBox");
boxes.forEach(function (box) {
  box.group.setAttribute("tabindex", box === root ? "0" : "-1");
  box.group.setAttribute("role", "button");
  box.group.setAttribute("aria-label", box.lines.join(", "));
});
window.addEventListener("resize", resize);
window.addEventListener("scroll", function () {
  if (svg === document.documentElement) header.setAttribute("transform", "translate(0 " + window.scrollY + ")");
});
svg.addEventListener("click", function (event) {
  var box = boxOf(event);
  if (box) { focus(box); zoom(box); }
});
svg.addEventListener("mouseover", function (event) { describe(boxOf(event)); });
svg.addEventListener("focusin", function (event) { describe(boxOf(event)); });
input.addEventListener("input", function () { search(input.value); });
window.addEventListener("keydown", function (event) {
  var box = boxOf(event), typing = event.target === input;
  if ((event.ctrlKey || event.metaKey) && event.key === "f" && !typing) {
    event.preventDefault();
    input.focus();
    input.select();
  } else if (event.key === "Escape") {
    input.value = "";
    search("");
    zoom(root);
  } else if (box && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    zoom(box);
  } else if (box && event.key.indexOf("Arrow") === 0) {
    var next = near(box, event.key);
    event.preventDefault();
    if (next) focus(next);
  }
});
zoom(root);
resize();
})();`;
