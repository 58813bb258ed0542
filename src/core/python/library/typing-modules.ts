import { defaultDictClass, orderedDictClass } from './collections-modules';
import { dataclassModule } from './dataclasses';
import { namedTupleBase } from './named-tuple';
import { nativeClass, objectClass } from './native-class';
import { native, none, opaque, type ModuleValue, type Value } from '../runtime/values';

function types(name: string): ModuleValue {
  return {
    kind: 'module',
    name,
    namespace: new Map<string, Value>([
      ['NamedTuple', namedTupleBase],
      ['OrderedDict', orderedDictClass],
      ['DefaultDict', defaultDictClass],
      ['TYPE_CHECKING', { kind: 'boolean', value: false }],
      ['cast', native('cast', (_, [, value = none]) => value)],
      ['overload', native('overload', (_, [value = none]) => value)],
      ['final', native('final', (_, [value = none]) => value)],
      ['runtime_checkable', native('runtime_checkable', (_, [value = none]) => value)],
      ['TypeVar', native('TypeVar', () => opaque('a type variable'))],
      ['NewType', native('NewType', () => native('NewType', (_, [value = none]) => value))],
    ]),
    missing: (member) => (member.startsWith('_') ? undefined : opaque(member)),
  };
}

/** typing, dataclasses, abc. */
export const typingModules: readonly ModuleValue[] = [
  types('typing'),
  types('typing_extensions'),
  {
    kind: 'module',
    name: 'abc',
    namespace: new Map<string, Value>([
      ['ABC', nativeClass('ABC', [objectClass])],
      ['ABCMeta', opaque('ABCMeta')],
      ['abstractmethod', native('abstractmethod', (_, [value = none]) => value)],
      [
        'abstractproperty',
        native('abstractproperty', (_, [getter = none]) => ({ kind: 'property', getter, setter: undefined })),
      ],
      [
        'abstractclassmethod',
        native('abstractclassmethod', (_, [value = none]) => ({ kind: 'classmethod', function: value })),
      ],
      [
        'abstractstaticmethod',
        native('abstractstaticmethod', (_, [value = none]) => ({ kind: 'staticmethod', function: value })),
      ],
    ]),
  },
  dataclassModule,
];
