import type { Value } from './values';

/** The name of a value's type, as Python's messages say it. */
export function typeName(value: Value): string {
  switch (value.kind) {
    case 'none':
      return 'NoneType';
    case 'boolean':
      return 'bool';
    case 'integer':
      return 'int';
    case 'string':
      return 'str';
    case 'native':
    case 'function':
    case 'partial':
      return 'function';
    case 'tensor':
      return 'Tensor';
    case 'training':
      return 'bool';
    case 'instance':
      return value.class.name;
    case 'class':
      return 'type';
    default:
      return value.kind;
  }
}
