/** A list of texts in a few large blocks of UTF-8: a million paths take what their letters take. */
export class PackedText {
  private blocks: Buffer[] = [];
  private used = blockBytes;
  private starts = new Float64Array(1024);
  private count_ = 0;

  get count(): number {
    return this.count_;
  }

  push(text: string): void {
    const most = 3 * text.length;
    let block = this.blocks.at(-1);
    if (!block || this.used + most > block.length) {
      block = Buffer.allocUnsafe(Math.max(blockBytes, most));
      this.blocks.push(block);
      this.used = 0;
    }
    if (this.count_ === this.starts.length) {
      const larger = new Float64Array(2 * this.starts.length);
      larger.set(this.starts);
      this.starts = larger;
    }
    const length = block.write(text, this.used, 'utf8');
    // Block, place in it (20 bits) and length (17 bits) in one number below 2⁵³; what is longer is refused.
    if (length >= lengthLimit) throw new RangeError(`A text of ${length} bytes`);
    this.starts[this.count_++] = ((this.blocks.length - 1) * blockBytes + this.used) * lengthLimit + length;
    this.used += length;
  }

  at(index: number): string {
    if (index < 0 || index >= this.count_) throw new RangeError(`Text ${index} of ${this.count_}`);
    const packed = this.starts[index] ?? 0;
    const length = packed % lengthLimit;
    const place = (packed - length) / lengthLimit;
    const start = place % blockBytes;
    const block = this.blocks[(place - start) / blockBytes];
    return block?.toString('utf8', start, start + length) ?? '';
  }
}

const blockBytes = 2 ** 20;
/** Systems allow paths of 4,096 bytes or 32,767 letters. */
const lengthLimit = 2 ** 17;
