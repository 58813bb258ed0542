/* Archives that no honest program writes. */

export interface MadeEntry {
  readonly name: string;
  readonly body?: Uint8Array | string;
  /** '0' a file (if absent), '1' a hard link, '2' a symbolic link, '3' a device, '5' a folder, 'x' a pax header. */
  readonly type?: string;
  readonly link?: string;
  /** What the header says, if it is to say something else. */
  readonly size?: number;
}

/** A tar file (ustar) with exactly these entries. */
export function makeTar(entries: readonly MadeEntry[]): Buffer {
  const blocks = entries.flatMap(({ name, body = '', type = '0', link = '', size }) => {
    const bytes = Buffer.from(body as string);
    const header = Buffer.alloc(512);
    header.write(name, 0, 100, 'utf8');
    header.write('0000644\0', 100);
    header.write('0000000\0', 108);
    header.write('0000000\0', 116);
    header.write(`${(size ?? bytes.length).toString(8).padStart(11, '0')}\0`, 124);
    header.write('00000000000\0', 136);
    header.write('        ', 148);
    header.write(type, 156);
    header.write(link, 157, 100, 'utf8');
    header.write('ustar\0' + '00', 257, 'latin1');
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
