import type { TeachingSet } from '../../core/data/teaching-sets';

/** What goes into the set's dataset.json. */
export function setDescription({ title }: TeachingSet): object {
  return { name: title };
}

/** What goes beside the images: where they come from, and what is to be cited. The same for the same files. */
export function setNote({ title, about, counts, homepage, license, citation, files }: TeachingSet): string {
  const images = Object.entries(counts).map(([split, count]) => `${count.toLocaleString('en-US')} ${split}`);
  return [
    `${title}: ${about}`,
    `Images: ${images.join(', ')}`,
    `Home: ${homepage}`,
    `License: ${license}`,
    `To cite: ${citation}`,
    '',
    'Made by CNN Lab from these files:',
    ...files.map(({ name, bytes, checksum }) => `${name}  ${bytes} bytes  ${checksum.algorithm} ${checksum.value}`),
    '',
  ].join('\n');
}
