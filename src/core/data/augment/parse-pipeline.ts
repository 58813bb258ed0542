import { UserError } from '../../errors';
import { pythonName } from './parameter';
import { checkOrder, findTransform, makeTransform } from './parse-transform';
import { parsePythonCalls, type PythonCall, type PythonValue } from './python-calls';
import type { TransformConfig } from './transform-config';

/**
 * Reads transforms as torchvision code: `RandomCrop(32, padding=4), RandomHorizontalFlip()`; also with prefixes (`transforms.`, `T.`), in a
 * list, in `transforms.Compose([...])`, over several lines, with comments. Nothing is run. Empty text is no transforms.
 * Throws a UserError that names transform and parameter, with what is allowed.
 */
export function parsePipeline(text: string): readonly TransformConfig[] {
  const transforms = parsePythonCalls(text).flatMap(readTopLevel);
  checkOrder(transforms);
  return transforms;
}

function readTopLevel(value: PythonValue): readonly TransformConfig[] {
  if (Array.isArray(value)) return value.flatMap(readTopLevel);
  if (isCall(value) && isSequence(value)) return membersOf(value).flatMap(readTopLevel);
  return [readTransform(value)];
}

function readTransform(value: unknown): TransformConfig {
  if (!isCall(value)) throw new UserError(`${shown(value)} is no transform.`, 'Write it as RandomHorizontalFlip().');
  if (isSequence(value)) {
    // Within another transform a sequence is one that always happens.
    const transforms = membersOf(value).map(readTransform);
    return makeTransform(
      findTransform('RandomApply'),
      new Map<string, unknown>([
        ['transforms', transforms],
        ['p', 1],
      ]),
      kept,
    );
  }
  const transform = findTransform(value.name);
  const keys = Object.keys(transform.parameters);
  if (value.positional.length > keys.length) {
    throw new UserError(
      `${value.name} takes ${keys.length} parameter${keys.length === 1 ? '' : 's'}, not ${value.positional.length}.`,
      keys.length === 0 ? undefined : `They are ${keys.map(pythonName).join(', ')}.`,
    );
  }
  const given = new Map<string, unknown>();
  value.positional.forEach((each, index) => given.set(keys[index] ?? '', unwrapped(each)));
  for (const [name, each] of value.named) {
    const key = keys.find((known) => pythonName(known) === name) ?? name;
    if (given.has(key)) throw new UserError(`${value.name}: ${name} is given twice.`, 'Leave one out.');
    given.set(key, unwrapped(each));
  }
  return makeTransform(transform, given, readTransform);
}

/** `torch.nn.ModuleList([...])` is its list: torchvision asks for one in scripted transforms. */
function unwrapped(value: PythonValue): PythonValue {
  return isCall(value) && value.name === 'ModuleList' ? (value.positional[0] ?? []) : value;
}

function kept(value: unknown): TransformConfig {
  return value as TransformConfig;
}

function isSequence({ name }: PythonCall): boolean {
  return name === 'Compose' || name === 'Sequential';
}

/** Of `Compose([...])`, `Compose(transforms=[...])` or `nn.Sequential(...)`. */
function membersOf({ name, positional, named }: PythonCall): readonly PythonValue[] {
  const list = [...positional, ...[...named].filter(([key]) => key === 'transforms').map(([, value]) => value)];
  if (name === 'Sequential') return list;
  const [members] = list;
  if (list.length === 1 && Array.isArray(members)) return members as readonly PythonValue[];
  throw new UserError('Compose takes a list of transforms.', 'Write it as Compose([RandomHorizontalFlip()]).');
}

function isCall(value: unknown): value is PythonCall {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'call';
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
