import { UserError } from '../../errors';
import { checkParameter, pythonName, showValue, type ParameterValue } from './parameter';
import type { TransformStage } from './transform';
import type { TransformConfig } from './transform-config';
import { transformTable, type AnyTransform } from './transform-table';

/** Reads transforms from outside (run.json, IPC). Throws a UserError that names transform and parameter. */
export function parseTransforms(value: unknown): readonly TransformConfig[] {
  if (!Array.isArray(value)) throw new UserError('The transforms of images must be a list.');
  const transforms = value.map(parseTransform);
  checkOrder(transforms);
  return transforms;
}

function parseTransform(value: unknown): TransformConfig {
  if (typeof value !== 'object' || value === null || !('name' in value) || typeof value.name !== 'string') {
    throw new UserError(`${showValue(value)} is no transform of images.`);
  }
  const { name, ...given } = value;
  return makeTransform(findTransform(name), new Map(Object.entries(given)), parseTransform);
}

/** Throws a UserError where there is none of this name; says which is meant. */
export function findTransform(name: string): AnyTransform {
  const found = transformTable.find((transform) => transform.name === name);
  if (found) return found;
  const near = transformTable.find((transform) => letters(transform.name) === letters(name));
  const names = transformTable.map((transform) => transform.name).join(', ');
  throw new UserError(
    `There is no transform ${name}.`,
    near ? `Did you mean ${near.name}? Python's names are written exactly so.` : `Use one of ${names}.`,
  );
}

function letters(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, '');
}

/** A configuration out of the parameters that are given, by their names in it; the others have their defaults. Throws a UserError. */
export function makeTransform(
  transform: AnyTransform,
  given: ReadonlyMap<string, unknown>,
  checkNested: (value: unknown) => TransformConfig,
): TransformConfig {
  const { name, parameters } = transform;
  const values: Record<string, ParameterValue> = {};
  for (const [key, parameter] of Object.entries(parameters)) {
    const value = given.has(key) ? given.get(key) : parameter.default;
    values[key] = checkParameter(name, pythonName(key), parameter, value, checkNested);
  }
  const unknown = [...given.keys()].find((key) => !(key in parameters));
  if (unknown !== undefined) {
    const names = Object.keys(parameters).map(pythonName);
    throw new UserError(
      `${name} has no parameter ${pythonName(unknown)}.`,
      names.length === 0 ? 'It has none.' : `It has ${names.join(', ')}.`,
    );
  }
  // Every value has been checked against the table, whose keys and kinds are those of the configuration.
  const config = { name, ...values } as unknown as TransformConfig;
  transform.check?.(config);
  return config;
}

/** After ToTensor and Normalize only what does the same there as on images. Throws a UserError. */
export function checkOrder(transforms: readonly TransformConfig[]): void {
  const seen = new Set<TransformConfig['name']>();
  for (const { name } of transforms) {
    const { stage } = findTransform(name);
    if (stage === 'end' && seen.has(name)) throw new UserError(`There are two ${name}.`, 'Leave one out.');
    const end = (['ToTensor', 'Normalize'] as const).find((each) => seen.has(each) && mustPrecede(stage, name, each));
    if (end) throw new UserError(`${name} stands after ${end}.`, `Put it before ${end}.`);
    seen.add(name);
  }
}

function mustPrecede(stage: TransformStage, name: string, end: 'ToTensor' | 'Normalize'): boolean {
  return stage === 'image' || (end === 'Normalize' && (stage === 'tensor' || name === 'ToTensor'));
}
