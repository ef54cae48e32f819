/** A way to change a module that nobody inside or outside may notice. */
export interface Transform {
  readonly name: string;
  /** Gives the changed module, or the reason for which this module is documented to be refused. */
  transform(bytes: Uint8Array): Uint8Array | { readonly skip: string };
  /** Repairs what a trap leaves behind, as a host that goes on calling the instance would. */
  afterTrap?(instance: WebAssembly.Instance): void;
  /** Looks at an instance when its script is over, and says what is wrong with its counts. */
  check?(instance: WebAssembly.Instance, original: Uint8Array): string | undefined;
}

/** The modules as they are: what every other transform is compared with. */
export const plain: Transform = { name: "plain", transform: (bytes) => bytes };

const list: readonly Transform[] = [plain];

/** All transforms by name. */
export const transforms: ReadonlyMap<string, Transform> = new Map(
  list.map((transform) => [transform.name, transform]),
);
