import type { Value } from '../../python/runtime/values';

interface Slot {
  /** Missing: declared further down (`let`, `const`, `class`), not there yet. */
  value: Value | undefined;
  /** Of an import: how it is found when it is first used. */
  resolve?: (() => Value) | undefined;
  readonly constant: boolean;
}

export type Lookup =
  | { readonly kind: 'found'; readonly value: Value }
  /** Declared further down. */
  | { readonly kind: 'early' }
  | { readonly kind: 'missing' };

/** The names that a block sees: its own, then those around it. */
export class JavaScriptScope {
  private readonly slots = new Map<string, Slot>();

  constructor(
    readonly parent: JavaScriptScope | undefined,
    /** `var` belongs to the function around. */
    readonly kind: 'function' | 'block' = 'block',
  ) {}

  lookup(name: string): Lookup {
    const slot = this.find(name);
    if (!slot) return { kind: 'missing' };
    if (slot.resolve) {
      const { resolve } = slot;
      // Files that import each other: while a name is being found, it is not there yet.
      slot.resolve = undefined;
      try {
        slot.value = resolve();
      } catch (error) {
        slot.resolve = resolve;
        throw error;
      }
    }
    return slot.value === undefined ? { kind: 'early' } : { kind: 'found', value: slot.value };
  }

  /** Makes a name of this scope. */
  declare(name: string, value: Value | undefined, constant = false): void {
    this.slots.set(name, { value, constant });
  }

  /** A name that is found when it is first used. */
  declareLazily(name: string, resolve: () => Value): void {
    this.slots.set(name, { value: undefined, resolve, constant: true });
  }

  /** Gives a value to the nearest variable of that name; says what stands against it. */
  assign(name: string, value: Value): 'done' | 'constant' | 'early' | 'missing' {
    const slot = this.find(name);
    if (!slot) return 'missing';
    if (slot.constant) return 'constant';
    if (slot.value === undefined) return 'early';
    slot.value = value;
    return 'done';
  }

  /** Gives a value to a name, whatever it was: a constant that could not be computed is unknown from now on. */
  force(name: string, value: Value): void {
    const slot = this.find(name);
    if (!slot) {
      this.declare(name, value);
      return;
    }
    slot.value = value;
    slot.resolve = undefined;
  }

  hasOwn(name: string): boolean {
    return this.slots.has(name);
  }

  ownNames(): string[] {
    return [...this.slots.keys()];
  }

  /** The scope that `var` declares in. */
  get functionScope(): JavaScriptScope {
    return this.kind === 'function' || !this.parent ? this : this.parent.functionScope;
  }

  /** The same names with the same values, for the next turn of a loop: closures keep their own. */
  copy(): JavaScriptScope {
    const made = new JavaScriptScope(this.parent, this.kind);
    for (const [name, slot] of this.slots) made.slots.set(name, { ...slot });
    return made;
  }

  private find(name: string): Slot | undefined {
    return this.slots.get(name) ?? this.parent?.find(name);
  }
}
