import { Attachment } from "./profiled-module.ts";
import type { ProfiledModule } from "./profiled-module.ts";
import { makeTwin } from "./twin.ts";
import type { EmbedOptions } from "./twin.ts";

/**
 * Instruments a module and instantiates it with the host's own imports, in Node or in a page, so that it
 * can be asked for its profile at any time. Functions of the host are frames, too. Throws a `DecodeError`, a
 * `Refusal` where `options` ask for what cannot be, or what the engine throws.
 *
 * @example
 * const { instance, profile } = await profileModule(bytes, imports);
 * instance.exports.run();
 * const svg = formatOf("app.svg").write(profile());
 */
export async function profileModule(
  bytes: BufferSource,
  imports?: WebAssembly.Imports,
  options: EmbedOptions = {},
): Promise<ProfiledModule> {
  const twin = makeTwin(copyOf(bytes), options);
  const module = await WebAssembly.compile(twin.bytes);
  const made = new Attachment(twin, module);
  made.attach(await WebAssembly.instantiate(module, made.imports(imports)));
  return bound(made);
}

/** Does the same at once; pages may allow this for small modules only. */
export function profileModuleSync(
  bytes: BufferSource,
  imports?: WebAssembly.Imports,
  options: EmbedOptions = {},
): ProfiledModule {
  const twin = makeTwin(copyOf(bytes), options);
  const module = new WebAssembly.Module(twin.bytes);
  const made = new Attachment(twin, module);
  made.attach(new WebAssembly.Instance(module, made.imports(imports)));
  return bound(made);
}

/** Copies bytes, which the host may reuse, while counts are read by the original module. */
export function copyOf(bytes: BufferSource): Uint8Array {
  const view = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  return view.slice();
}

/** Makes an object whose functions can be taken out of it. */
function bound(made: Attachment): ProfiledModule {
  const { instance, module, mode, notes } = made;
  return {
    instance,
    module,
    mode,
    notes,
    profile: () => made.profile(),
    lines: (files) => made.lines(files),
    reset: () => made.reset(),
  };
}
