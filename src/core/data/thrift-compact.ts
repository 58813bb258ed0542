/** A value of Thrift's compact protocol; structs by the numbers of their fields. */
export type ThriftValue = boolean | number | bigint | Uint8Array | readonly ThriftValue[] | ThriftStruct;
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;

/**
 * Reads a struct of Thrift's compact protocol. No list is longer than the bytes that are left, and nothing is nested deeper than
 * 32 levels, whatever the bytes say.
 * Source: github.com/apache/thrift, doc/specs/thrift-compact-protocol.md
 * @returns the struct, and where it ends.
 * @throws Error with the reason where the bytes are none.
 */
export function readThriftStruct(bytes: Uint8Array, start = 0): { readonly value: ThriftStruct; readonly end: number } {
  const reader = new ThriftReader(bytes, start);
  const value = reader.struct(0);
  return { value, end: reader.at };
}

const mostDepth = 32;

class ThriftReader {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}

  struct(depth: number): ThriftStruct {
    if (depth > mostDepth) throw new Error('its description is nested too deep');
    const fields = new Map<number, ThriftValue>();
    let field = 0;
    for (;;) {
      const head = this.byte();
      if (head === 0) return fields;
      const delta = head >> 4;
      field = delta === 0 ? Number(this.zigzag()) : field + delta;
      fields.set(field, this.value(head & 0x0f, depth, true));
    }
  }

  /** Booleans are in the type of a field, but bytes of a list. */
  private value(type: number, depth: number, inField: boolean): ThriftValue {
    switch (type) {
      case 1:
      case 2:
        return inField ? type === 1 : this.byte() === 1;
      case 3:
        return (this.byte() << 24) >> 24;
      case 4:
      case 5:
        return Number(this.zigzag());
      case 6:
        return this.zigzag();
      case 7:
        return this.take(8);
      case 8:
        return this.take(Number(this.varint()));
      case 9:
      case 10:
        return this.list(depth + 1);
      case 11:
        return this.map(depth + 1);
      case 12:
        return this.struct(depth + 1);
      default:
        throw new Error('its description is damaged');
    }
  }

  private list(depth: number): ThriftValue[] {
    const head = this.byte();
    const short = head >> 4;
    const count = short === 15 ? Number(this.varint()) : short;
    this.requireLeft(count);
    return Array.from({ length: count }, () => this.value(head & 0x0f, depth, false));
  }

  private map(depth: number): ThriftValue[] {
    const count = Number(this.varint());
    if (count === 0) return [];
    const types = this.byte();
    this.requireLeft(2 * count);
    return Array.from({ length: count }, () => [
      this.value(types >> 4, depth, false),
      this.value(types & 0x0f, depth, false),
    ]);
  }

  private zigzag(): bigint {
    const value = this.varint();
    return (value & 1n) === 0n ? value >> 1n : -((value + 1n) >> 1n);
  }

  private varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new Error('its description is damaged');
  }

  private take(length: number): Uint8Array {
    this.requireLeft(length);
    return this.bytes.subarray(this.at, (this.at += length));
  }

  private byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new Error('its description is cut short');
    return byte;
  }

  private requireLeft(length: number): void {
    if (length > this.bytes.length - this.at) throw new Error('its description is cut short');
  }
}
