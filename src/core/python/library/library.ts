import type { ModuleValue } from '../runtime/values';
import { collectionsModules } from './collections-modules';
import { einopsModules } from './einops-module';
import { functionalModules } from './functional-modules';
import { kerasModules } from './keras/keras-modules';
import { tensorflowModules } from './keras/tensorflow-modules';
import { numericModules } from './numeric-modules';
import { standardModules } from './standard-modules';
import { torchModules } from './torch-modules';
import { typingModules } from './typing-modules';

const modules = new Map<string, ModuleValue>(
  [
    ...torchModules,
    ...collectionsModules,
    ...einopsModules,
    ...functionalModules,
    ...kerasModules,
    ...tensorflowModules,
    ...numericModules,
    ...standardModules,
    ...typingModules,
  ].map((module) => [module.name, module]),
);

/** A library that the interpreter knows, by its full name. */
export function findLibraryModule(name: string): ModuleValue | undefined {
  const known = modules.get(name);
  if (known) return known;
  // PyTorch's layers are also reached by the files they stand in: `torch.nn.modules.conv`.
  if (name === 'torch.nn.modules' || name.startsWith('torch.nn.modules.')) return modules.get('torch.nn');
  return undefined;
}
