import { pythonName, showValue, type Parameter, type ParameterValue } from './parameter';
import type { TransformConfig } from './transform-config';
import { transformNamed } from './transform-table';

/** The transforms as torchvision code, on one line; defaults are left out. `parsePipeline` reads the same ones out of it. */
export function formatPipeline(transforms: readonly TransformConfig[]): string {
  return transforms.map(formatTransform).join(', ');
}

/** Parameters that must be given stand without their names. */
export function formatTransform(config: TransformConfig): string {
  const { parameters } = transformNamed(config.name);
  // Its keys are those of the table, by its definition.
  const values = config as unknown as Readonly<Record<string, ParameterValue>>;
  let bare = true;
  const written: string[] = [];
  for (const [key, parameter] of Object.entries(parameters)) {
    const value = values[key] ?? null;
    bare &&= parameter.default === undefined;
    if (parameter.default !== undefined && equal(value, parameter.default)) continue;
    const text = formatValue(value, parameter);
    written.push(bare ? text : `${pythonName(key)}=${text}`);
  }
  return `${config.name}(${written.join(', ')})`;
}

function formatValue(value: ParameterValue, parameter: Parameter): string {
  if (parameter.kind === 'choice' && parameter.enumeration !== undefined && typeof value === 'string') {
    return `${parameter.enumeration}.${value.toUpperCase()}`;
  }
  if (parameter.kind === 'transforms') return `[${formatPipeline(value as readonly TransformConfig[])}]`;
  return showValue(value);
}

function equal(a: ParameterValue, b: ParameterValue): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
