import type { SourceLanguage } from '../../core/analysis/file-analysis';

/** Whether a text may describe a model: most files do not, and are not worth a closer look. */
export function mayHoldModel(text: string, language: SourceLanguage): boolean {
  if (text.length > maxLength) return false;
  if (language === 'python') return /\b(nn|Module|keras|torchvision|timm)\b/.test(text);
  return /\blayers\b/.test(text) && /\btf\s*\.|tfjs/.test(text);
}

/** A larger file is data, not a model. */
const maxLength = 2_000_000;

/** By VS Code's language ids. */
export function sourceLanguage(languageId: string): SourceLanguage | undefined {
  switch (languageId) {
    case 'python':
      return 'python';
    case 'javascript':
    case 'javascriptreact':
      return 'javascript';
    case 'typescript':
    case 'typescriptreact':
      return 'typescript';
    default:
      return undefined;
  }
}
