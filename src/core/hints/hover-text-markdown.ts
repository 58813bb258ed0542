import type { SourceRange } from '../graph/graph';

export interface HoverOptions {
  /** Images that activation memory is told for. */
  readonly batchSize: number;
  /** How a place in code is called: `line 12`, `blocks.py line 3`, `cell 2 line 1`. */
  readonly placeOf: (range: SourceRange) => string;
  /** Of the document, given to the commands behind links; absent: no links. */
  readonly documentUri?: string;
}

/** Commands that a hover may run. */
export const hoverCommands = ['cnn-lab.setInputShape', 'cnn-lab.chooseTarget'] as const;

export function commandLink(
  title: string,
  command: (typeof hoverCommands)[number],
  target: string,
  { documentUri }: HoverOptions,
): string {
  if (documentUri === undefined) return '';
  // A chooser asks for the target.
  const argument = { uri: documentUri, ...(command === 'cnn-lab.chooseTarget' ? {} : { target }) };
  return `[${title}](command:${command}?${encodeURIComponent(JSON.stringify([argument]))})`;
}

/** Monospaced, as it is. */
export function codeBlock(text: string): string {
  return `\`\`\`text\n${text.replaceAll('```', "'''")}\n\`\`\``;
}

export function inlineCode(text: string): string {
  return `\`${text.replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}

/** Text that Markdown shall take as text. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~]/g, '\\$&').replace(/\s*\n\s*/g, ' ');
}
