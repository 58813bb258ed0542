/** What a key asks of a chart. */
export type ChartAction =
  | { readonly type: 'read'; readonly to: 'previous' | 'next' | 'first' | 'last' }
  /** By a share of what is in view. */
  | { readonly type: 'pan'; readonly share: number }
  /** Below 1: closer. */
  | { readonly type: 'zoom'; readonly factor: number }
  | { readonly type: 'reset' };

export const chartKeysHelp =
  'Left and right arrow: read the values. Shift and arrow: move along. Plus and minus: zoom. 0 or Escape: everything. ' +
  'The same numbers stand in the table view.';

export function chartAction({ key, shiftKey, ctrlKey, altKey, metaKey }: KeyboardEvent): ChartAction | null {
  if (ctrlKey || altKey || metaKey) return null; // The editor's own shortcuts.
  switch (key) {
    case 'ArrowLeft':
      return shiftKey ? { type: 'pan', share: -0.2 } : { type: 'read', to: 'previous' };
    case 'ArrowRight':
      return shiftKey ? { type: 'pan', share: 0.2 } : { type: 'read', to: 'next' };
    case 'Home':
      return { type: 'read', to: 'first' };
    case 'End':
      return { type: 'read', to: 'last' };
    case '+':
    case '=':
      return { type: 'zoom', factor: 1 / 1.5 };
    case '-':
    case '_':
      return { type: 'zoom', factor: 1.5 };
    case '0':
    case 'Escape':
      return { type: 'reset' };
    default:
      return null;
  }
}
