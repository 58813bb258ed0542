import { openScript } from '../../../src/core/javascript/open-script';
import { getOwn, nullValue, ownNames } from '../../../src/core/javascript/runtime/js-values';
import type { ScriptDialect } from '../../../src/core/javascript/syntax/parse-script';
import type { Value } from '../../../src/core/python/runtime/values';
import { SourceFile } from '../../../src/core/python/source-file';

/** What the variable `result` of a piece of code holds when it was read; `{unknown: reason}` where that is not known. */
export function readResult(code: string, language: ScriptDialect = 'javascript'): unknown {
  const { frame } = openScript(
    new SourceFile(`code.${language === 'javascript' ? 'js' : 'ts'}`, code),
    language,
    undefined,
  );
  const found = frame.scope.lookup('result');
  return found.kind === 'found' ? plain(found.value) : { missing: found.kind };
}

/** A value as JavaScript has it. */
function plain(value: Value): unknown {
  switch (value.kind) {
    case 'none':
      return value === nullValue ? null : undefined;
    case 'boolean':
    case 'integer':
    case 'float':
    case 'string':
      return value.value;
    case 'list':
    case 'tuple':
      return value.items.map(plain);
    case 'dict':
      return Object.fromEntries(ownNames(value).map((name) => [name, plain(getOwn(value, name) ?? nullValue)]));
    case 'unknown':
      return { unknown: value.reason };
    default:
      return { kind: value.kind };
  }
}
