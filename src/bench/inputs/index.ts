/**
 * What workloads are given: images, measurements, digits, archives, made by formulas.
 * @module
 */
export { inputEntry, inputFile } from "./input-file.ts";
export { inputRecipes } from "./recipes.ts";
