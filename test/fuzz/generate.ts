/**
 * Writes valid modules in the text format from a list of numbers: each number is one choice, and where the
 * list ends the smallest choice is taken, so that a shorter list gives a smaller program. Every loop and
 * every call burns fuel from a global, so that every program ends.
 */
export function generateModule(choices: readonly number[]): string {
  return new Generator(choices).module();
}

/** Values that the host may be asked to throw for. */
export const thrownFor = 3;

/** The functions of a module: all are exported, and stand in a table. */
const functionCount = 5;

interface Label {
  /** Whether a branch takes a value along. */
  readonly hasValue: boolean;
  /** Whether `rethrow` may name it: a handler. */
  readonly handler?: boolean;
}

const binary = ["add", "sub", "mul", "and", "or", "xor", "lt_s", "eq", "shr_u"];
const localCount = 4;

class Generator {
  readonly #choices: readonly number[];
  #next = 0;
  #labels: Label[] = [];

  constructor(choices: readonly number[]) {
    this.#choices = choices;
  }

  module(): string {
    const functions = Array.from({ length: functionCount }, (_, index) => this.#function(index));
    return `(module
      (type $f (func (param i32) (result i32)))
      (import "host" "call" (func $host (type $f)))
      (memory (export "memory") 1) (tag $a (param i32)) (tag $b)
      (table ${functionCount + 2} funcref) (elem (i32.const 0) ${functions.map((_, index) => `$f${index}`).join(" ")} $host)
      (global $fuel (export "fuel") (mut i32) (i32.const 0))
      ${functions.join("\n")})`;
  }

  /** Takes the next choice among `count`. */
  #choose(count: number): number {
    return (this.#choices[this.#next++] ?? 0) % count;
  }

  get #spent(): boolean {
    return this.#next >= this.#choices.length;
  }

  #function(index: number): string {
    this.#labels = [{ hasValue: true }];
    const body = this.#statements(0);
    const result = this.#expression(0);
    const exported = index < 3 ? `(export "f${index}")` : "";
    return `(func $f${index} ${exported} (type $f) ${"(local i32) ".repeat(localCount - 1)} ${body} ${result})`;
  }

  #statements(depth: number): string {
    let text = "";
    for (let left = this.#choose(depth < 4 ? 6 : 2); left > 0 && !this.#spent; left--) {
      text += this.#statement(depth + 1);
    }
    return text;
  }

  /** Writes what stands inside a block: labels are counted from there. */
  #inside(label: Label, write: () => string): string {
    this.#labels.push(label);
    const text = write();
    this.#labels.pop();
    return text;
  }

  /** Writes what is done under a condition. */
  #when(condition: string, write: () => string): string {
    return this.#inside({ hasValue: false }, () => `(if ${condition} (then ${write()}))`);
  }

  #statement(depth: number): string {
    const deep = depth > 5;
    switch (this.#choose(deep ? 12 : 22)) {
      case 0:
        return "(nop)";
      case 1:
      case 2:
        return `(local.set ${this.#choose(localCount)} ${this.#expression(depth)})`;
      case 3:
        return `(i32.store (i32.and ${this.#expression(depth)} (i32.const 0xfffc)) ${this.#expression(depth)})`;
      case 4:
        return this.#branch(depth);
      case 5:
        return this.#branchIf(depth);
      case 6:
        return this.#when(this.#expression(depth), () => `(return ${this.#expression(depth)})`);
      case 7:
        return `(drop ${this.#call(depth)})`;
      case 8:
        return this.#when(`(i32.eq ${this.#expression(depth)} (i32.const 7))`, () => this.#trap());
      case 9:
        return this.#when(this.#expression(depth), () =>
          this.#choose(2) === 0 ? "(throw $b)" : `(throw $a ${this.#expression(depth)})`,
        );
      case 10:
        return this.#rethrow();
      case 11:
        return `(drop (memory.grow (i32.eq ${this.#expression(depth)} (i32.const 1))))`;
      case 12:
      case 13:
        return this.#inside({ hasValue: false }, () => `(block ${this.#statements(depth)})`);
      case 14:
        return `(drop ${this.#valueBlock(depth)})`;
      case 15:
      case 16:
        return this.#loop(depth);
      case 17:
        return this.#when(this.#expression(depth), () => this.#statements(depth));
      case 18: {
        const condition = this.#expression(depth);
        return this.#inside(
          { hasValue: false },
          () =>
            `(if ${condition} (then ${this.#statements(depth)}) (else ${this.#statements(depth)}))`,
        );
      }
      case 19:
      case 20:
        return this.#try(depth);
      default:
        return this.#branchTable(depth);
    }
  }

  #trap(): string {
    switch (this.#choose(4)) {
      case 0:
        return "(unreachable)";
      case 1:
        // Far out: past any region behind the memory.
        return "(drop (i32.load (i32.const 0xfffffff0)))";
      case 2:
        return "(drop (i32.div_u (i32.const 1) (i32.const 0)))";
      default:
        return `(drop (call_indirect (type $f) (i32.const 1) (i32.const ${functionCount + 1})))`;
    }
  }

  #loop(depth: number): string {
    return this.#inside({ hasValue: false }, () =>
      this.#inside({ hasValue: false }, () => {
        const body = this.#statements(depth);
        const again = this.#choose(3) === 0 ? "" : `(br_if 0 ${this.#expression(depth)})`;
        return `(block (loop
          (br_if 1 (i32.le_s (global.get $fuel) (i32.const 0)))
          (global.set $fuel (i32.sub (global.get $fuel) (i32.const 1))) ${body} ${again}))`;
      }),
    );
  }

  #valueBlock(depth: number): string {
    return this.#inside(
      { hasValue: true },
      () => `(block (result i32) ${this.#statements(depth)} ${this.#expression(depth)})`,
    );
  }

  /** Chooses a label and gives its depth; the function's own is the last. */
  #anyLabel(): { hasValue: boolean; to: number } {
    const to = this.#choose(this.#labels.length);
    return { hasValue: this.#labels[this.#labels.length - 1 - to]!.hasValue, to };
  }

  #branch(depth: number): string {
    const write = (): string => {
      const { hasValue, to } = this.#anyLabel();
      return `(br ${to} ${hasValue ? this.#expression(depth) : ""})`;
    };
    // Mostly under a condition, sometimes with dead code behind.
    if (this.#choose(3) === 0) return `${write()} ${this.#dead()}`;
    return this.#when(this.#expression(depth), write);
  }

  #dead(): string {
    switch (this.#choose(4)) {
      case 0:
        return "";
      case 1:
        return "(block (loop (br 0)) (nop))";
      case 2:
        return "(drop (call $f1 (i32.const 0))) (drop)";
      default:
        return "(if (i32.const 1) (then (try (do (throw $b)) (catch_all))) (else (unreachable)))";
    }
  }

  #branchIf(depth: number): string {
    const { hasValue, to } = this.#anyLabel();
    if (!hasValue) return `(br_if ${to} ${this.#expression(depth)})`;
    return `(drop (br_if ${to} ${this.#expression(depth)} ${this.#expression(depth)}))`;
  }

  #branchTable(depth: number): string {
    const hasValue = this.#choose(2) === 1;
    return this.#inside({ hasValue: false }, () => {
      const targets = [...this.#labels.toReversed().entries()]
        .filter(([, label]) => label.hasValue === hasValue)
        .map(([to]) => to);
      const some = Array.from(
        { length: 1 + this.#choose(4) },
        () => targets[this.#choose(targets.length)],
      );
      const value = hasValue ? this.#expression(depth) : "";
      return `(block (br_if 0 ${this.#expression(depth)})
        (br_table ${some.join(" ")} ${value} (i32.and ${this.#expression(depth)} (i32.const 3))))`;
    });
  }

  #try(depth: number): string {
    return this.#inside({ hasValue: false }, () => {
      const body = this.#statements(depth);
      if (this.#choose(4) === 0) {
        return `(try (do ${body}) (delegate ${this.#choose(this.#labels.length - 1)}))`;
      }
      this.#labels[this.#labels.length - 1] = { hasValue: false, handler: true };
      let handlers = "";
      if (this.#choose(2) === 1) {
        handlers += `(catch $a (local.set ${this.#choose(localCount)}) ${this.#statements(depth)})`;
      }
      if (this.#choose(2) === 1) handlers += `(catch $b ${this.#statements(depth)})`;
      if (handlers === "" || this.#choose(2) === 1) {
        handlers += `(catch_all ${this.#statements(depth)})`;
      }
      return `(try (do ${body}) ${handlers})`;
    });
  }

  #rethrow(): string {
    return this.#when(this.#expression(3), () => {
      const handlers = [...this.#labels.toReversed().entries()].filter(
        ([, { handler }]) => handler === true,
      );
      if (handlers.length === 0) return "(nop)";
      return `(rethrow ${handlers[this.#choose(handlers.length)]![0]})`;
    });
  }

  #call(depth: number): string {
    return this.#inside({ hasValue: true }, () => {
      const argument = this.#expression(depth + 1);
      return `(if (result i32) (i32.gt_s (global.get $fuel) (i32.const 0))
        (then (global.set $fuel (i32.sub (global.get $fuel) (i32.const 2))) ${this.#callOf(argument)})
        (else (i32.const 1)))`;
    });
  }

  #callOf(argument: string): string {
    switch (this.#choose(6)) {
      case 0:
      case 1:
        return `(call $f${this.#choose(functionCount)} ${argument})`;
      case 2:
        return `(call_indirect (type $f) ${argument} (i32.and ${this.#expression(5)} (i32.const 7)))`;
      case 3:
        return `(return_call $f${this.#choose(functionCount)} ${argument})`;
      case 4:
        return `(return_call_indirect (type $f) ${argument} (i32.const ${this.#choose(functionCount + 1)}))`;
      default:
        return `(call $host ${argument})`;
    }
  }

  #expression(depth: number): string {
    const deep = depth > 6 || this.#spent;
    switch (this.#choose(deep ? 3 : 12)) {
      case 0:
        return `(local.get ${this.#choose(localCount)})`;
      case 1:
        return `(i32.const ${this.#choose(12) - 2})`;
      case 2:
        return "(global.get $fuel)";
      case 3:
      case 4:
      case 5:
        return `(i32.${binary[this.#choose(binary.length)]} ${this.#expression(depth + 1)} ${this.#expression(depth + 1)})`;
      case 6:
        return `(i32.load (i32.and ${this.#expression(depth + 1)} (i32.const 0xfffc)))`;
      case 7:
        return this.#valueBlock(depth + 2);
      case 8: {
        const condition = this.#expression(depth + 1);
        return this.#inside(
          { hasValue: true },
          () =>
            `(if (result i32) ${condition}
              (then ${this.#statements(depth + 2)} ${this.#expression(depth + 2)}) (else ${this.#expression(depth + 2)}))`,
        );
      }
      case 9:
        return "(memory.size)";
      case 10:
        return `(select ${this.#expression(depth + 1)} ${this.#expression(depth + 1)} ${this.#expression(depth + 1)})`;
      default:
        return this.#call(depth + 1);
    }
  }
}
