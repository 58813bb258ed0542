import { lookUp, type Binding, type ModuleValue, type Value } from './values';

/** The names that a piece of code sees: its own, then those of the functions around it, the module's, Python's own. */
export class Scope {
  readonly names: Map<string, Binding>;
  private globals: Set<string> | undefined;
  private nonlocals: Set<string> | undefined;

  constructor(
    /** A class body's names are not seen by the functions defined in it. */
    readonly kind: 'module' | 'function' | 'class' | 'comprehension',
    readonly parent: Scope | undefined,
    /** The file that the code stands in. */
    readonly module: ModuleValue,
  ) {
    this.names = kind === 'module' ? module.namespace : new Map<string, Binding>();
  }

  lookup(name: string): Value | undefined {
    if (this.globals?.has(name)) return this.moduleScope().lookupOwn(name);
    const own = this.lookupOwn(name);
    if (own !== undefined) return own;
    for (let scope = this.parent; scope; scope = scope.parent) {
      if (scope.kind === 'class') continue;
      const value = scope.lookupOwn(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  assign(name: string, value: Binding): void {
    this.ownerOf(name).names.set(name, value);
  }

  /** Whether the name was there. */
  remove(name: string): boolean {
    return this.ownerOf(name).names.delete(name);
  }

  declare(flavour: 'global' | 'nonlocal', names: readonly string[]): void {
    if (flavour === 'global') this.globals = new Set([...(this.globals ?? []), ...names]);
    else this.nonlocals = new Set([...(this.nonlocals ?? []), ...names]);
  }

  /** The scope that `:=` in a comprehension assigns to. */
  get enclosing(): Scope {
    return this.kind === 'comprehension' && this.parent ? this.parent.enclosing : this;
  }

  private lookupOwn(name: string): Value | undefined {
    return lookUp(this.names, name) ?? (this.kind === 'module' ? this.module.missing?.(name) : undefined);
  }

  private moduleScope(): Scope {
    if (this.kind === 'module' || !this.parent) return this;
    return this.parent.moduleScope();
  }

  private ownerOf(name: string): Scope {
    if (this.globals?.has(name)) return this.moduleScope();
    if (this.nonlocals?.has(name)) {
      for (let scope = this.parent; scope; scope = scope.parent) {
        if (scope.kind === 'function' && scope.names.has(name)) return scope;
      }
    }
    return this;
  }
}
