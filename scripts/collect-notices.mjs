import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
/** Packages whose own folder has no text of the licence. */
const texts = { '@cornerstonejs/codec-libjpeg-turbo-8bit': path.join(root, 'scripts/notices/libjpeg-turbo.txt') };

/**
 * The licences of all that is bundled: of the dependencies, and of theirs.
 * @param {readonly string[]} apart Packages that are shipped as they are, with their licences in them.
 */
export async function collectNotices(apart) {
  const { dependencies } = await describe(root);
  const seen = new Set(apart);
  const notices = [];
  const visit = async (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    const folder = path.join(root, 'node_modules', name);
    const { version, license, dependencies = {} } = await describe(folder);
    notices.push(`${name} ${version} (${license})\n\n${(await licenceOf(name, folder)).trim()}\n`);
    for (const each of Object.keys(dependencies)) await visit(each);
  };
  for (const name of Object.keys(dependencies)) await visit(name);
  return notices.join(`\n${'-'.repeat(80)}\n\n`);
}

async function describe(folder) {
  return JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
}

async function licenceOf(name, folder) {
  if (texts[name]) return readFile(texts[name], 'utf8');
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  if (!file) throw new Error(`${name} has no text of its licence: put it into scripts/notices`);
  return readFile(path.join(folder, file), 'utf8');
}
