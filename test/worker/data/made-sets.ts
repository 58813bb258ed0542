import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { ByteWriter, parquetWrite } from 'hyparquet-writer';
import { png } from './data-folders';

export type Files = Readonly<Record<string, Uint8Array>>;

/** A data set of eight small images of two classes in two splits, as files. Pixels are 10, 20, … in the order of the paths. */
export async function twoClasses(): Promise<Files> {
  const files: Record<string, Uint8Array> = {};
  let value = 0;
  for (const folder of ['train/cat', 'train/dog', 'test/cat', 'test/dog']) {
    for (const name of ['1.png', '2.png']) files[`${folder}/${name}`] = await png((value += 10), 4, 3);
  }
  return files;
}

export function zipFile(files: Files): Uint8Array {
  return zipSync(files, { level: 6 });
}

/** A ustar archive, as IEEE Std 1003.1 says. `type`: of all entries. */
export function tarFile(files: Files, type = '0', linkTo = ''): Buffer {
  const blocks: Buffer[] = [];
  for (const [name, bytes] of Object.entries(files)) {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000644\0', 100);
    header.write('0000000\0', 108);
    header.write('0000000\0', 116);
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('14000000000\0', 136);
    header.write('        ', 148);
    header.write(type, 156);
    header.write(linkTo, 157);
    header.write('ustar\0', 257);
    header.write('00', 263);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    blocks.push(header, Buffer.from(bytes), Buffer.alloc((512 - (bytes.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export function tgzFile(files: Files): Buffer {
  return gzipSync(tarFile(files));
}

/** Records of CIFAR's binary files: each image has one red, green and blue. */
export function cifarFile(images: readonly { labels: readonly number[]; rgb: readonly [number, number, number] }[]) {
  return Buffer.concat(
    images.map(({ labels, rgb }) =>
      Buffer.concat([Buffer.from(labels), ...rgb.map((value) => Buffer.alloc(1024, value))]),
    ),
  );
}

/** A .npy of bytes in C order, version 1.0. */
export function npyFile(shape: readonly number[], values: readonly number[], descr = '|u1'): Buffer {
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const text = `${dict.padEnd(117)}\n`;
  const header = Buffer.from(`\x93NUMPY\x01\x00  ${text}`, 'latin1');
  header.writeUInt16LE(text.length, 8);
  return Buffer.concat([header, Buffer.from(values)]);
}

export interface ParquetRow {
  readonly bytes: Uint8Array | undefined;
  readonly label: number;
}

/** As Hugging Face's `datasets` writes images and classes. */
export function parquetFile(rows: readonly ParquetRow[], classNames: readonly string[], rowGroupSize = 2): Uint8Array {
  const writer = new ByteWriter();
  const features = { image: { _type: 'Image' }, label: { names: classNames, _type: 'ClassLabel' } };
  // Into memory it writes at once.
  void parquetWrite({
    writer,
    columnData: [
      { name: 'image', data: rows.map(({ bytes }, index) => ({ bytes, path: `${index}.png` })) },
      { name: 'label', data: rows.map(({ label }) => BigInt(label)) },
    ],
    schema: [
      { name: 'schema', num_children: 2 },
      { name: 'image', num_children: 2, repetition_type: 'OPTIONAL' },
      { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
      { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      { name: 'label', type: 'INT64', repetition_type: 'OPTIONAL' },
    ],
    rowGroupSize,
    kvMetadata: [{ key: 'huggingface', value: JSON.stringify({ info: { features } }) }],
  });
  return new Uint8Array(writer.getBuffer());
}
