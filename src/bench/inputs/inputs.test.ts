import assert from "node:assert/strict";
import { test } from "node:test";
import { loadManifest } from "../manifest.ts";
import { inputEntry, inputRecipes } from "./index.ts";

test("inputs are made as the manifest says, each has a recipe, and each workload's is one of them", () => {
  const { inputs, workloads } = loadManifest();
  assert.deepEqual(Object.keys(inputRecipes), Object.keys(inputs));
  for (const name of [
    "street-320x240.ppm",
    "cars-2-480x360.json",
    "marg-2000.csv",
    "digits-50.idx",
  ]) {
    const recipe = inputRecipes[name]!;
    assert.deepEqual(inputEntry(recipe, recipe.make()), inputs[name], name);
  }
  const zip = inputRecipes["archive-32k.zip"]!;
  assert.equal(inputEntry(zip, zip.make()).sha256, inputs["archive-32k.zip"]?.sha256);
  for (const { name, sizes } of workloads)
    for (const { stdin } of Object.values(sizes))
      assert.ok(stdin === undefined || stdin in inputs, `${name}: ${stdin}`);
});
