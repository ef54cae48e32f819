import { digitsFile } from "./digits.ts";
import { margFile } from "./marg.ts";
import { colourFile, greyFile, type Scene, scene, scenes } from "./scenes.ts";
import { zipEntries, zipFile } from "./zip.ts";

/** How an input is made. */
export interface InputRecipe {
  readonly make: () => Buffer;
  /** What is inside, where the file's bytes depend on a compressor. */
  readonly content?: () => Buffer;
}

/** All inputs by name: the same bytes on every machine, or the same content. */
export const inputRecipes: Readonly<Record<string, InputRecipe>> = {
  ...street(320, 240, 1),
  ...street(640, 480, 2),
  ...street(1600, 1200, 3),
  ...cars(2, 480, 360, 10),
  ...cars(6, 640, 480, 20),
  ...cars(6, 1280, 960, 30),
  "marg-2000.csv": { make: () => margFile(2000, 5) },
  "marg-20000.csv": { make: () => margFile(20000, 6) },
  "digits-50.idx": { make: () => digitsFile(50, 3) },
  "digits-500.idx": { make: () => digitsFile(500, 4) },
  "digits-2000.idx": { make: () => digitsFile(2000, 5) },
  ...archive("archive-32k.zip", 32, 7),
  ...archive("archive-1m.zip", 1024, 8),
};

type Recipes = Record<string, InputRecipe>;

function street(width: number, height: number, seed: number): Recipes {
  const make = (): Buffer => colourFile(scene(width, height, seed), width, height);
  return { [`street-${width}x${height}.ppm`]: { make } };
}

/** Scenes and, in a file of their own, the boxes of the plates. */
function cars(count: number, width: number, height: number, seed: number): Recipes {
  const name = `cars-${count}-${width}x${height}`;
  let known: Scene[] | undefined;
  const drawn = (): Scene[] => (known ??= scenes(count, width, height, seed));
  const plates = (): unknown => drawn().map(({ plate }) => plate);
  return {
    [`${name}.pgm`]: { make: () => greyFile(drawn(), width, height) },
    [`${name}.json`]: { make: () => Buffer.from(JSON.stringify(plates())) },
  };
}

function archive(name: string, kilobytes: number, seed: number): Recipes {
  const content = (): Buffer => Buffer.concat(zipEntries(kilobytes, seed).map(({ data }) => data));
  return { [name]: { make: () => zipFile(kilobytes, seed), content } };
}
