import type { Json } from "./json-access.ts";
import { items, member, number, oneOf, string } from "./json-access.ts";
import type { ProfileHead } from "./builder.ts";
import type { Profile } from "./model.ts";
import { profileModes, valueUnits } from "./names.ts";

/**
 * What a profile says of itself beside its tree, as a member `wasmscope` of JSON formats that have no
 * place for it; their own tools leave it alone.
 */
export function originOf(profile: Profile): object {
  const { module, mode, valueTypes, primary, notes } = profile;
  return { module, mode, valueTypes, primary, notes };
}

/** Reads what `originOf` gave; undefined in files of other tools. */
export function readOrigin(json: Json): ProfileHead | undefined {
  const origin = member(json, "wasmscope");
  if (origin.value === undefined) return undefined;
  const module = member(origin, "module");
  return {
    module: { name: string(member(module, "name")), sha256: string(member(module, "sha256")) },
    mode: oneOf(member(origin, "mode"), profileModes),
    valueTypes: items(member(origin, "valueTypes")).map((type) => ({
      name: string(member(type, "name")),
      unit: oneOf(member(type, "unit"), valueUnits),
    })),
    primary: number(member(origin, "primary")),
    notes: items(member(origin, "notes")).map(string),
  };
}
