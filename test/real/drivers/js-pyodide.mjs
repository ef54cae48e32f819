import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { input, packages } from "./load.mjs";

const { loadPyodide } = await import(pathToFileURL(join(packages, "pyodide/pyodide.mjs")).href);
const python = await loadPyodide({ env: { PYTHONHASHSEED: "0" } });
python.FS.mkdir("/in");
python.FS.writeFile("/in/words.txt", input("words.txt"));
python.runPython(input("bench.py"));
