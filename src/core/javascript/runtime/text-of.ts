import type { Value } from '../../python/runtime/values';
import { nullValue } from './js-values';

/** `String(value)` as far as messages and templates need it. */
export function textOf(value: Value): string {
  switch (value.kind) {
    case 'none':
      return value === nullValue ? 'null' : 'undefined';
    case 'boolean':
    case 'integer':
    case 'float':
    case 'string':
      return String(value.value);
    case 'list':
    case 'tuple':
      return value.items.map((item) => (item.kind === 'none' ? '' : textOf(item))).join(',');
    case 'native':
      return `function ${value.name}`;
    case 'class':
      return `class ${value.name}`;
    case 'instance': {
      const message = value.attributes.get('message');
      const name = value.attributes.get('name');
      if (message?.kind === 'string' && name?.kind === 'string') return `${name.value}: ${message.value}`;
      return '[object Object]';
    }
    default:
      return '[object Object]';
  }
}

/** `typeof value`; undefined where that is not known. */
export function typeOf(value: Value): string | undefined {
  switch (value.kind) {
    case 'none':
      return value === nullValue ? 'object' : 'undefined';
    case 'boolean':
      return 'boolean';
    case 'integer':
    case 'float':
      return 'number';
    case 'string':
      return 'string';
    case 'native':
    case 'class':
    case 'method':
    case 'partial':
      return 'function';
    case 'unknown':
    case 'opaque':
      return undefined;
    default:
      return 'object';
  }
}
