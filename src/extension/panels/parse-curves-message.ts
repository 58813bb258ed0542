import type { FromCurvesPanel } from '../../protocol/curves-panel';

/** Reads a message of the curves panel; undefined where it is none. */
export function parseCurvesMessage(value: unknown): FromCurvesPanel | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const message = value as Readonly<Record<string, unknown>>;
  switch (message.type) {
    case 'ready':
      return { type: 'ready' };
    case 'show':
      return Array.isArray(message.runs)
        ? { type: 'show', runs: message.runs.filter((id) => typeof id === 'string') }
        : undefined;
    case 'save': {
      const { suggestedName, content } = message;
      const hasContent = typeof content === 'string' || content instanceof Uint8Array;
      return typeof suggestedName === 'string' && hasContent ? { type: 'save', suggestedName, content } : undefined;
    }
    case 'openRun':
      return typeof message.run === 'string' ? { type: 'openRun', run: message.run } : undefined;
    default:
      return undefined;
  }
}
