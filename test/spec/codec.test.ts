import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DecodeError } from "../../src/bytes/index.ts";
import { identity, isComponent } from "../../src/wasm/index.ts";
import { missing } from "../skip.ts";
import { binaryOf, type Command, readCommands } from "./commands.ts";
import { deviationOf } from "./deviations.ts";
import { listScripts, listSets, prepareCommand, type Script } from "./suite.ts";

// Proposals the codec does not know yet: it must refuse what it cannot read, and may.
const unknownProposals = ["proposals/custom-descriptors"];

type Handled = "identical" | "changed" | "rejected";

function handle(bytes: Uint8Array): Handled {
  try {
    return Buffer.compare(identity(bytes), bytes) === 0 ? "identical" : "changed";
  } catch (error) {
    if (error instanceof DecodeError) return "rejected";
    throw error;
  }
}

interface Case {
  readonly script: Script;
  readonly command: Extract<Command, { filename: string }>;
  readonly bytes: Uint8Array;
}

function casesOf(script: Script): readonly Case[] {
  return readCommands(script.path).flatMap((command): readonly Case[] => {
    if (!("filename" in command)) return [];
    const isBad = command.type === "assert_malformed" || command.type === "assert_invalid";
    const file = isBad && command.module_type === "text" ? undefined : binaryOf(command);
    if (file === undefined) return [];
    return [{ script, command, bytes: readFileSync(join(script.folder, file)) }];
  });
}

// Says why a handling is right, or nothing if it is wrong.
function reasonFor({ script, command, bytes }: Case, handled: Handled): string | undefined {
  if (handled === "changed") return undefined;
  switch (command.type) {
    case "assert_malformed":
      if (handled === "rejected") return "malformed, rejected";
      if (isComponent(bytes)) return "malformed as a module, but a component";
      // Nothing a rewriter needs; engines look at it again.
      if (command.text === "data count section required") return "malformed, left to the engine";
      return deviationOf(script, command.line, `accepted: ${command.text}`);
    case "assert_invalid":
      return `invalid, ${handled}`;
    case "module":
    case "module_definition":
    case "assert_uninstantiable":
    case "assert_unlinkable":
      if (handled === "identical") return "valid, identical";
      return unknownProposals.includes(script.set) ? "valid, of an unknown proposal" : undefined;
  }
}

const sets = listSets();
if (sets.length === 0) test("the codec on the suite", missing(`run: ${prepareCommand}`));
for (const set of sets) {
  test(`the codec copies every module of ${set} and rejects the malformed ones`, (context) => {
    const counts = new Map<string, number>();
    const wrong: string[] = [];
    for (const one of listScripts(set).flatMap(casesOf)) {
      const handled = handle(one.bytes);
      const reason = reasonFor(one, handled);
      if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
      else
        wrong.push(`${one.script.name}.wast:${one.command.line} ${one.command.type}: ${handled}`);
    }
    for (const [reason, count] of counts) context.diagnostic(`${count} ${reason}`);
    assert.deepEqual(wrong, []);
    assert.notEqual(counts.size, 0);
  });
}
