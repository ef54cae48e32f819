// Stands in front of what Emscripten writes: reads the module (Node's fetch, which Emscripten would use, takes no files),
// mounts the folder that WASMSCOPE_FOLDER names by NODEFS, and goes there.
Module.wasmBinary = require("fs").readFileSync(`${__dirname}/io.wasm`);
Module.preRun = () => {
  const folder = process.env.WASMSCOPE_FOLDER;
  if (folder === undefined) return;
  FS.mkdir("/work");
  FS.mount(NODEFS, { root: folder }, "/work");
  FS.chdir("/work");
};
