/** The live page: it draws what `/events` sends. Names come as text, never as markup. */
export const liveHtml = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>wasmscope live</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
body { margin: 1.5rem auto; max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.1rem; } #state { opacity: 0.7; font-weight: normal; }
table { width: 100%; border-collapse: collapse; }
td, th { padding: 0.1rem 0.6rem 0.1rem 0; text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td:last-child, th:last-child { text-align: left; width: 100%; position: relative; white-space: normal; overflow-wrap: anywhere; }
.bar { position: absolute; inset: 2px auto 2px 0; background: #e8590c; opacity: 0.25; }
</style>
</head>
<body>
<h1><span id="title">wasmscope</span> <span id="state">waiting for the guest</span></h1>
<table><thead><tr><th>self %</th><th id="self">self</th><th>total</th><th>function</th></tr></thead><tbody></tbody></table>
<script>
const body = document.querySelector("tbody");
const put = (id, text) => { document.getElementById(id).textContent = text; };
const source = new EventSource("/events");
source.onmessage = ({ data }) => {
  const { module, mode, type, rows, sum } = JSON.parse(data);
  put("title", module + ", mode " + mode);
  put("state", "running");
  put("self", "self " + type.name + (type.unit === "count" ? "" : " (" + type.unit + ")"));
  body.replaceChildren(...rows.map(({ name, self, total }) => {
    const row = document.createElement("tr");
    const share = sum.self === 0 ? 0 : (100 * self) / sum.self;
    for (const text of [share.toFixed(2) + " %", self.toLocaleString("en"), total?.toLocaleString("en") ?? "", name]) {
      row.insertCell().textContent = text;
    }
    const bar = document.createElement("div");
    bar.className = "bar";
    bar.style.width = share + "%";
    row.lastChild.append(bar);
    return row;
  }));
};
source.addEventListener("end", () => { source.close(); put("state", "ended"); });
source.onerror = () => { source.close(); put("state", "ended"); };
</script>
</body>
</html>
`;
