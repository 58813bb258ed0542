import { parser as javascript } from '@lezer/javascript';
import { parser as python } from '@lezer/python';
import type { SourceLanguage } from '../core/analysis/file-analysis';

/** How many places of a text its language's grammar does not take. While one types, there are more than before. */
export function countSyntaxErrors(text: string, language: SourceLanguage): number {
  const parser = language === 'python' ? python : language === 'typescript' ? typescript : jsx;
  let count = 0;
  parser.parse(text).iterate({
    enter: ({ type }) => {
      if (type.isError) count++;
    },
  });
  return count;
}

const typescript = javascript.configure({ dialect: 'ts jsx' });
const jsx = javascript.configure({ dialect: 'jsx' });
