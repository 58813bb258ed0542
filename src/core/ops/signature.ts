import type { AttributeValue } from '../graph/graph';

export interface SignatureParameter {
  readonly name: string;
  /** `*shape`: takes all further positional arguments. */
  readonly variadic: boolean;
  readonly keywordOnly: boolean;
  /** Absent: the argument is required. */
  readonly default?: AttributeValue;
}

/**
 * Reads a Python parameter list with literal defaults (`kernel_size, stride=None, *, eps=1e-05`).
 * Only for the signatures in the ops table: those are ours, so a mistake in one throws.
 */
export function parseSignature(signature: string): readonly SignatureParameter[] {
  const known = signatures.get(signature);
  if (known) return known;
  let keywordOnly = false;
  const parameters: SignatureParameter[] = [];
  for (const part of splitParameters(signature)) {
    if (part === '*') {
      keywordOnly = true;
      continue;
    }
    const [left = '', right] = part.split('=', 2).map((side) => side.trim());
    const variadic = left.startsWith('*');
    const name = variadic ? left.slice(1) : left;
    parameters.push(
      right === undefined
        ? { name, variadic, keywordOnly }
        : { name, variadic, keywordOnly, default: parseLiteral(right) },
    );
    if (variadic) keywordOnly = true;
  }
  signatures.set(signature, parameters);
  return parameters;
}

const signatures = new Map<string, readonly SignatureParameter[]>();

function splitParameters(signature: string): string[] {
  return signature
    .split(/,(?![^()]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function parseLiteral(text: string): AttributeValue {
  if (text === 'None') return null;
  if (text === 'True') return true;
  if (text === 'False') return false;
  if (/^'.*'$/.test(text)) return text.slice(1, -1);
  if (/^\(.*\)$/.test(text)) return splitParameters(text.slice(1, -1)).map(parseLiteral);
  const value = Number(text);
  if (Number.isNaN(value)) throw new Error(`Signature default not understood: ${text}`);
  return value;
}
