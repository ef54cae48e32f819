import { bytesOf, digest, input, require } from "./load.mjs";

const { initWasm, Resvg } = require("@resvg/resvg-wasm");
await initWasm(bytesOf("@resvg/resvg-wasm/index_bg.wasm"));
for (const width of [200, 800]) {
  const image = new Resvg(input("picture.svg"), {
    fitTo: { mode: "width", value: width },
  }).render();
  console.log(image.width, image.height, digest(image.asPng()));
}
