import * as vscode from 'vscode';
import type { TrainConfig } from '../../core/train/config';
import { defaultTrainConfig } from '../../core/train/defaults';
import type { AutomaticDevice } from '../../protocol/gpu';
import type { DeviceChoice } from '../../protocol/worker';
import type { StepOutcome, StepPosition } from '../quick-steps';
import { askText, pickItem } from '../quick-steps';
import type { ConfigField } from './config-form';
import { checkField, configFields, withField } from './config-form';
import { checkFolds, withFolds } from './data-fields';
import { describeChoice, deviceOptions } from './describe-device';

export interface NamedConfig {
  readonly name: string;
  readonly config: TrainConfig;
  /** All of so many folds are trained, one after the other; null: it is a single training. */
  readonly folds: number | null;
  readonly device: DeviceChoice;
}

type FormItem = vscode.QuickPickItem & {
  readonly action?: 'start' | 'name' | 'device' | 'reset';
  readonly field?: ConfigField;
};

/** The configuration as a list: Enter starts, any other row changes a value and comes back. */
export async function pickConfig(
  first: NamedConfig,
  what: string,
  position: StepPosition,
  automatic: () => AutomaticDevice | undefined,
): Promise<StepOutcome<NamedConfig>> {
  let { name, config, folds, device } = first;
  for (;;) {
    const outcome = await pickItem<FormItem>({
      ...position,
      title: 'Train Model: Settings',
      placeholder: 'Start, or choose a value to change',
      items: formItems({ name, config, folds, device }, what, automatic()),
    });
    if (outcome.kind !== 'done') return outcome;
    const { action, field } = outcome.value;
    if (action === 'start') return { kind: 'done', value: { name, config, folds, device } };
    if (action === 'reset') [config, folds] = [defaultTrainConfig, null];
    if (action === 'device') {
      const choice = await askDevice(device);
      if (choice.kind === 'cancelled') return choice;
      if (choice.kind === 'done') device = choice.value;
      continue;
    }
    const text = action === 'name' ? await askName(name) : field ? await askField(config, field) : undefined;
    if (text?.kind === 'cancelled') return text;
    if (text?.kind !== 'done') continue;
    if (action === 'name') name = text.value.trim();
    else if (field?.id === 'fold') ({ config, folds } = withFolds(config, text.value));
    else if (field) config = withField(config, field.id, text.value);
  }
}

function formItems(
  { name, config, folds, device }: NamedConfig,
  what: string,
  automatic: AutomaticDevice | undefined,
): FormItem[] {
  return [
    { label: '$(play) Start Training', description: what, action: 'start' },
    { label: 'Settings', kind: vscode.QuickPickItemKind.Separator },
    // Among the first: the list is longer than what is seen of it.
    { label: 'Device', description: describeChoice(device, automatic), action: 'device' },
    ...configFields(config, folds).map((field): FormItem => ({ label: field.label, description: field.shown, field })),
    { label: 'Name', description: name, action: 'name' },
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    { label: '$(discard) Restore Defaults', action: 'reset' },
  ];
}

function askName(name: string): Promise<StepOutcome<string>> {
  return askText({
    title: 'Train Model: Name',
    prompt: 'What the experiment is called in the Experiments view',
    value: name,
    validate: (text) => (text.trim() === '' ? 'A name is needed.' : undefined),
    canGoBack: true,
  });
}

/** For this training; the setting cnn-lab.device stays as it is. */
async function askDevice(device: DeviceChoice): Promise<StepOutcome<DeviceChoice>> {
  const outcome = await pickItem({
    title: 'Train Model: Device',
    placeholder: 'What this training runs on',
    items: deviceOptions,
    isActive: ({ choice }) => choice === device,
    canGoBack: true,
  });
  return outcome.kind === 'done' ? { kind: 'done', value: outcome.value.choice } : outcome;
}

async function askField(config: TrainConfig, { id, label, edit }: ConfigField): Promise<StepOutcome<string>> {
  const title = `Train Model: ${label}`;
  if (edit.kind !== 'choice') {
    const validate = (text: string) => (id === 'fold' ? checkFolds(config, text) : checkField(config, id, text));
    return askText({ title, prompt: edit.prompt, value: edit.text, validate, canGoBack: true });
  }
  const outcome = await pickItem({
    title,
    placeholder: label,
    items: edit.options.map(({ text, label: name, detail }) => ({ label: name, detail, text })),
    isActive: (item) => item.text === edit.chosen,
    canGoBack: true,
  });
  return outcome.kind === 'done' ? { kind: 'done', value: outcome.value.text } : outcome;
}
