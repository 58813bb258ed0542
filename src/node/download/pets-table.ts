import { UserError } from '../../core/errors';

/**
 * The table of the Oxford-IIIT Pet set: its images with their breed, whether they show a cat or a dog, and their split, from
 * its lists `trainval.txt` and `test.txt` (lines `NAME CLASS SPECIES BREED`, species 1 a cat and 2 a dog; the set's README).
 * Images in neither list are not used: some of them can't be decoded. @throws UserError
 */
export function petsTable(trainList: string, testList: string): string {
  const rows = [
    ...petsIn(trainList).map((pet) => rowOf(pet, 'train')),
    ...petsIn(testList).map((pet) => rowOf(pet, 'test')),
  ];
  return ['file,breed,species,split', ...rows, ''].join('\n');
}

function petsIn(list: string): { readonly name: string; readonly species: string }[] {
  const lines = list.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, name, species] = /^([A-Za-z_]+_\d+) \d+ ([12]) \d+\s*$/.exec(line) ?? [];
    if (name === undefined || species === undefined) {
      throw new UserError(`A list of images of the pets can't be read: ${JSON.stringify(line.slice(0, 80))}.`);
    }
    return { name, species: species === '1' ? 'cat' : 'dog' };
  });
}

function rowOf({ name, species }: { readonly name: string; readonly species: string }, split: string): string {
  const breed = name.replace(/_\d+$/, '').replaceAll('_', ' ');
  return `images/${name}.jpg,${breed},${species},${split}`;
}
