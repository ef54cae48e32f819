import { input, require } from "./load.mjs";

const ruff = require("@astral-sh/ruff-wasm-nodejs");
const workspace = new ruff.Workspace({ lint: { select: ["ALL"] } }, ruff.PositionEncoding?.Utf16);
for (const { code, message } of workspace.check(input("bench.py"))) console.log(code, message);
console.log(workspace.format(input("bench.py")));
