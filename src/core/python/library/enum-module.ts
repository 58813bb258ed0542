import { native, none, type ModuleValue, type Value } from '../runtime/values';
import { intClass, stringClass } from './builtin-classes';
import { autoClass, enumClass, flagClass } from './enum-members';
import { nativeClass, objectClass } from './native-class';

export const enumModule: ModuleValue = {
  kind: 'module',
  name: 'enum',
  namespace: new Map<string, Value>([
    ['Enum', enumClass],
    ['IntEnum', nativeClass('IntEnum', [intClass, enumClass])],
    ['StrEnum', nativeClass('StrEnum', [stringClass, enumClass])],
    ['Flag', flagClass],
    ['IntFlag', nativeClass('IntFlag', [intClass, flagClass])],
    ['auto', autoClass],
    ['EnumMeta', nativeClass('EnumMeta', [objectClass])],
    ['EnumType', nativeClass('EnumType', [objectClass])],
    ['unique', native('unique', (_, [decorated = none]) => decorated)],
  ]),
};
