import { describe, expect, test } from 'vitest';
import { readResult } from './read-value';

/** Code that gives `result`: JavaScript itself says what it is. */
const snippets: Readonly<Record<string, string>> = {
  'numbers are one kind':
    'const result = [7 / 2, 6 / 2, 7 % 3, -7 % 3, 2 ** 10, 1 / 0, 0 / 0, 0.1 + 0.2, 5 | 2, ~5, -8 >>> 28];',
  'numbers are written as text':
    'const result = [`${3.0}`, `${0.5}`, String(1e21), 1 + "2", "3" * "4", "a" + true + null + undefined];',
  'other writings of numbers': 'const result = [0xff, 1_000, .5e3, 0b101, 0o17, 3.];',
  'texts with escapes': String.raw`const result = ['a\n\'b\x41\u0042\u{43}', "\t", ${'`x${1 + 1}\\`y`'}];`,
  'truth of values': 'const result = [[], {}, "", "0", 0, NaN, null, undefined, -1].map((value) => (value ? 1 : 0));',
  'both kinds of equality':
    'const a = []; const result = [1 === 1.0, "1" == 1, null == undefined, null === undefined, NaN === NaN, a === a, [] === [], 1 != "2", true == 1, null == 0];',
  'comparison of texts and numbers':
    'const result = ["a" < "b", "10" < "9", 10 > 9, "10" > 9, null >= 0, undefined < 1];',
  'short circuits':
    'const result = [0 || "x", 0 ?? "x", null ?? "y", 1 && 2, "" && 2, undefined?.a.b.c, null?.[0], undefined?.()];',
  'assignments that choose': 'let a = 0, b = null, c = 5; a ||= 1; b ??= 2; c &&= 3; const result = [a, b, c];',
  'steps before and after': 'let i = 1; const result = [i++, i, ++i, i--, --i]; ',
  objects:
    'const k = "z"; const result = {a: 1, "b-c": 2, [k + 1]: 3, 5: "five", 1: "one", nested: {x: [1]}, ...{a: 9, d: 4}};',
  'short members and methods':
    'const a = 1; const o = {a, f() { return this.a + 1; }, get g() { return this.a * 10; }}; const result = [o.a, o.f(), o.g, o["a"], o.missing];',
  setters:
    'const o = {_v: 1, get v() { return this._v; }, set v(x) { this._v = x * 2; }}; o.v = 5; const result = [o.v, o._v];',
  'destructured objects':
    'const {a, b: {c = 7, d} = {}, e = a + 1, ...rest} = {a: 1, b: {d: 2}, x: 3, y: 4}; const result = [a, c, d, e, rest];',
  'destructured arrays':
    'const [a, , b = 5, ...rest] = [1, 2, undefined, 4, 5]; let [x, y] = [1, 2]; [x, y] = [y, x]; const result = [a, b, rest, x, y];',
  'destructured parameters':
    'const f = ({units = 3, name}, [first, second] = [8, 9], ...others) => [units, name, first, second, others]; const result = [f({name: "a"}), f({units: 1}, [2], 5, 6)];',
  'default parameters see those before':
    'function f(a, b = a * 2, c = a + b) { return [a, b, c]; } const result = [f(1), f(1, undefined, 5), f(1, null)];',
  'missing and superfluous arguments':
    'function f(a, b) { return [a, b, arguments.length]; } const result = [f(), f(1), f(1, 2, 3)];',
  'functions are hoisted': 'const result = twice(4); function twice(x) { return 2 * x; }',
  'var is seen in the whole function':
    'function f() { if (true) { var x = 3; } return x; } var before = typeof later; var later = 1; const result = [f(), before];',
  'blocks have their own names': 'let x = 1; { let x = 2; } for (let x = 5; x < 6; x++) {} const result = x;',
  'each turn of a loop has its own variable':
    'const fs = []; for (let i = 0; i < 3; i++) fs.push(() => i); const result = fs.map((f) => f());',
  'var in loops is shared':
    'const fs = []; for (var i = 0; i < 3; i++) fs.push(() => i); const result = fs.map((f) => f());',
  loops:
    'let s = ""; for (const c of "abc") s += c; for (const k in {x: 1, y: 2}) s += k; let n = 0; while (true) { if (++n > 3) break; if (n === 2) continue; s += n; } do { s += "!"; } while (false); const result = s;',
  labels:
    'let s = ""; outer: for (let i = 0; i < 3; i++) { for (let j = 0; j < 3; j++) { if (j === 1) continue outer; if (i === 2) break outer; s += `${i}${j} `; } } const result = s;',
  'switch falls through':
    'const f = (x) => { const out = []; switch (x) { case 1: out.push("one"); case 2: out.push("two"); break; default: out.push("other"); case 9: out.push("nine"); } return out; }; const result = [f(1), f(2), f(3), f("1"), f(9)];',
  'closures and currying':
    'const add = (a) => (b) => a + b; const counter = (() => { let n = 0; return () => ++n; })(); counter(); const result = [add(2)(3), counter()];',
  'this of arrow functions': 'const o = {k: 3, f() { return [1, 2].map((x) => x * this.k); }}; const result = o.f();',
  'call, apply and bind':
    'function f(a, b) { return [this.k, a, b]; } const o = {k: 1}; const result = [f.call(o, 2, 3), f.apply(o, [4, 5]), f.bind(o, 6)(7)];',
  classes:
    'class A { #p = 1; static count = 0; x = 5; constructor(y) { this.y = y; A.count++; } get sum() { return this.x + this.y + this.#p; } set sum(v) { this.x = v; } static make(y) { return new this(y); } m() { return "A"; } } const a = A.make(2); a.sum = 10; const result = [a.sum, a.x, A.count, a.m(), a instanceof A];',
  'derived classes':
    'class A { constructor(x) { this.x = x; this.name = this.label(); } label() { return "A" + this.x; } get size() { return 1; } } class B extends A { extra = this.x + 1; constructor() { super(4); } label() { return super.label() + "B"; } get size() { return super.size + 1; } } class C extends B {} const c = new C(); const result = [c.x, c.name, c.extra, c.size, c instanceof A];',
  'errors that are caught':
    'const f = (g) => { try { return g(); } catch (error) { return error.message; } finally { done++; } }; let done = 0; const result = [f(() => { throw new Error("bad"); }), f(() => undefined.x), f(() => 1), done].length;',
  'thrown errors':
    'class MyError extends Error {} let m; try { throw new MyError("mine"); } catch ({message}) { m = message; } const result = m;',
  'type tests':
    'const result = [typeof 1, typeof "a", typeof true, typeof undefined, typeof null, typeof {}, typeof [], typeof (() => 1), typeof class {}];',
  'array methods':
    'const a = [5, 1, 4]; const result = [a.concat([2], 3), a.slice(1), a.slice(-2, -1), a.indexOf(4), a.includes(9), a.join("-"), [...a].reverse(), a.length, a.at(-1), [1, [2, [3]]].flat(), a.findIndex((x) => x < 5), a.some((x) => x > 4), a.every((x) => x > 4)];',
  'array methods with functions':
    'const a = [1, 2, 3]; const result = [a.map((x, i) => x * i), a.filter((x) => x % 2), a.reduce((s, x) => s + x), a.reduce((s, x) => [x, ...s], []), a.reduceRight((s, x) => s + x, ""), a.find((x) => x > 1), a.flatMap((x) => [x, x])];',
  'arrays that change':
    'const a = [1]; a.push(2, 3); a[3] = 9; a.unshift(0); const p = a.pop(); const s = a.splice(1, 2, "x"); const result = [a, p, s, a.length, a.shift()];',
  'made arrays':
    'const result = [Array(2).fill(0), new Array(3).fill().map((_, i) => i), Array.from({length: 3}, (_, i) => i * i), Array.from("ab"), Array.isArray([]), Array.of(7), [...Array(3).keys()], [...["a", "b"].entries()]];',
  'a hole is undefined': 'const result = [1, , 3].length;',
  'object functions':
    'const o = {b: 1, a: 2}; const result = [Object.keys(o), Object.values(o), Object.entries(o), Object.assign({}, o, {a: 3}, null), Object.fromEntries([["x", 1]]), "a" in o, "z" in o, o.hasOwnProperty("b")];',
  'deleted members': 'const o = {a: 1, b: 2}; delete o.a; const result = o;',
  'maps and sets':
    'const m = new Map([["a", 1]]); m.set("b", 2); const s = new Set([1, 1, 2]); s.add(2); const result = [m.get("a"), m.size, m.has("z"), [...m.keys()], [...m], s.size, [...s]];',
  Math: 'const result = [Math.floor(-1.5), Math.ceil(1.2), Math.round(2.5), Math.max(...[1, 5, 3]), Math.min(2, 1), Math.sqrt(16), Math.log2(8), Math.pow(2, 3), Math.trunc(-1.7), Math.abs(-4), Math.max(), Math.PI];',
  'text methods':
    'const s = "Conv2D_layer"; const result = [s.toLowerCase(), s.split("_"), s.slice(0, 4), s.includes("2D"), s.replace("layer", "x"), s.length, s[0], "ab".repeat(2), "7".padStart(3, "0"), " a ".trim(), s.startsWith("Conv"), "a,b".split(","), s.charAt(99)];',
  'numbers from texts':
    'const result = [parseInt("12px"), parseInt("ff", 16), parseFloat("1.5x"), Number("3"), Number(""), Number("x"), Number(null), Number.isInteger(2.0), Number.isInteger("2"), (2.345).toFixed(1), (255).toString(16), isNaN("x")];',
  'JSON that is read': `const result = JSON.parse('{"a": [1, 2.5, null, true], "b": {"c": "d"}}');`,
  'spread of texts, sets and arguments':
    'const f = (...xs) => xs.length; const result = [[..."hi"], [...new Set([3, 3])], f(...[1, 2], 3), {...[7, 8]}, {...null}];',
  'comma, void and groups': 'const result = [(1, 2), void 0, (null || {a: 1}).a];',
  'chained optional calls': 'const o = {f: () => ({g: null})}; const result = [o.f?.().g?.h, o.x?.(), o.x?.y.z.w];',
  'functions in objects by name':
    'const table = {double: (x) => 2 * x, ["half"]: (x) => x / 2}; const result = ["double", "half"].map((name) => table[name](6));',
  recursion: 'const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2)); const result = fib(10);',
  'semicolons that are left out':
    'let a = 1\nlet b = a\n++b\nconst f = () => {\n  return\n  5\n}\nconst result = [a, b, f()]',
  comments: '#!/usr/bin/env node\n// one\n/* two */ const result /* three */ = 1; // four',
};

describe('code gives what JavaScript gives', () => {
  test.each(Object.entries(snippets))('%s', (_, code) => {
    // The code of this file, run by JavaScript itself.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const run = new Function(`${code.replace(/^#!.*\n/, '')}\nreturn result;`) as () => unknown;
    expect(readResult(code)).toStrictEqual(run());
  });
});

describe('TypeScript is JavaScript with its types left out', () => {
  test.each([
    ['const result: number[] = [1, 2] as const;', [1, 2]],
    ['interface A { x: number } type B = A | null; let a: B = { x: 3 }; const result = a!.x;', 3],
    ['enum E { A = 2, B, C = "c" } const result = [E.A, E.B, E.C, E[3]];', [2, 3, 'c', 'B']],
    ['function f<T>(x: T, y?: number): T { return x; } const result = f<string>("a");', 'a'],
    [
      'class A { constructor(private readonly x: number, public y = 2) {} sum(): number { return this.x + this.y; } } const result = new A(1).sum();',
      3,
    ],
    [
      'abstract class A { abstract f(): number; g(a: number): number; g(a: string): number; g(a: unknown) { return 1; } } class B extends A { override f() { return 2; } } const result = new B().f() + new B().g(1);',
      3,
    ],
    ['declare const tfvis: unknown; const result = (<any>4) satisfies number;', 4],
    [
      'export type X = string; import type { Y } from "./y"; const result = ((a: number, ...r: string[]): number => a + r.length)(1, "b");',
      2,
    ],
  ])('%s', (code, expected) => {
    expect(readResult(code, 'typescript')).toEqual(expected);
  });
});

describe('what JavaScript would refuse, and what is not known', () => {
  test.each([
    ['const o = undefined; const result = o.x;', "TypeError: Cannot read properties of undefined (reading 'x')"],
    ['const o = {}; const result = o.run(1);', 'TypeError: o.run is not a function'],
    ['const a = 1; const f = () => { a = 2; }; const result = f();', 'TypeError: Assignment to constant variable.'],
    [
      'const f = () => later; const result = f(); const later = 1;',
      "ReferenceError: Cannot access 'later' before initialization",
    ],
    ['class A {} const result = A();', "TypeError: Class constructor A cannot be invoked without 'new'"],
    ['const [a] = 5; const result = a;', 'TypeError: 5 is not iterable'],
    ['const f = () => { throw new RangeError("no"); }; const result = f();', 'RangeError: no'],
  ])('%s', (code, reason) => {
    expect(readResult(code)).toEqual({ unknown: reason });
  });

  test.each([
    ['const result = Math.random() > 0.5 ? 1 : 2;', 'This condition is not known: A random number is not known.'],
    ['const result = window.innerWidth * 2;', "What 'window' gives is not known before the program runs."],
    ['const result = config.units;', "'config' is not defined in this file."],
    ['import x from "./missing.js"; const result = x;', "The module './missing.js' was not found."],
    ['function* g() { yield 1; } const result = [...g()];', 'Generators are not supported yet.'],
    ['const result = (() => { for (;;) {} })();', 'The code takes too long to read (an endless loop?).'],
    ['const f = () => f(); const result = f();', 'Calls go too deep to be followed (endless recursion?).'],
    ['const result = 5n;', 'A BigInt is not supported yet.'],
    ['const result = "a".replace(/a/, "b");', 'A regular expression is not supported yet.'],
  ])('%s', (code, reason) => {
    expect(readResult(code)).toEqual({ unknown: reason });
  });

  test('a statement that cannot be followed leaves the others', () => {
    const code = 'let a = 1; let b = 1; if (Math.random() > 0.5) { a = 2; } const result = [typeof b, b];';
    expect(readResult(code)).toEqual(['number', 1]);
    expect(readResult(code.replace('[typeof b, b]', 'a'))).toEqual({
      unknown: 'This condition is not known: A random number is not known.',
    });
  });

  test('a function that fails leaves what it may have changed unknown', () => {
    const half =
      'const sizes = [1]; let count = 0; function fill(list) { list.push(2); count++; if (Math.random() > 0.5) list.push(3); } ';
    expect(readResult(`${half} fill(sizes); const result = sizes;`)).toHaveProperty('unknown');
    expect(readResult(`${half} fill(sizes); const result = count;`)).toHaveProperty('unknown');
    expect(readResult(`${half} fill([]); const result = sizes;`)).toEqual([1]);
  });

  test('a function that is given to one that is not known may have been called', () => {
    const code =
      'let a = 1; const b = [1]; let c = 1; each((x) => { a = x; b.push(x); let c = x; c++; console.log(c); }); ';
    expect(readResult(`${code} const result = a;`)).toHaveProperty('unknown');
    expect(readResult(`${code} const result = b;`)).toHaveProperty('unknown');
    expect(readResult(`${code} const result = [c, typeof console];`)).toEqual([1, 'object']);
  });

  test('texts and arrays that grow without end are given up', () => {
    expect(readResult('let s = "ab"; for (let i = 0; i < 40; i++) s += s; const result = s;')).toHaveProperty(
      'unknown',
    );
    expect(readResult('let a = [1]; for (let i = 0; i < 40; i++) a = a.concat(a); const result = a;')).toHaveProperty(
      'unknown',
    );
  });

  test('a promise is its value only after await', () => {
    const code = 'async function f() { return 3; } ';
    expect(
      readResult(`${code} const g = async () => (await f()) + 1; let result; g().then((x) => { result = x; });`),
    ).toBe(4);
    expect(readResult(`${code} const result = f().missing;`)).toBeUndefined();
    expect(readResult(`${code} const result = await Promise.all([f(), 5]);`)).toEqual([3, 5]);
  });

  test('code that cannot be read spoils what stands in it, nothing else', () => {
    expect(readResult('const a = (1; const result = 2;')).toEqual(2);
    expect(readResult('const result = (1;')).toHaveProperty('unknown');
  });
});
