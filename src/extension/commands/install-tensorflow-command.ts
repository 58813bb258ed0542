import * as vscode from 'vscode';
import { installTensorflow } from '../../node/install-tensorflow';
import { tensorflowNeeds, tensorflowPackages, type TensorflowPackage } from '../../node/tensorflow-packages';
import type { Services } from '../services';

/** Where the device `tensorflow` is looked for: the extension's own installation, then the open folders, if they are trusted. */
export function tensorflowFolders(context: vscode.ExtensionContext): readonly string[] {
  const open = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  // A package in a folder is code that would be run.
  const trusted = vscode.workspace.isTrusted ? open : [];
  return [installationFolder(context), ...trusted.map(({ uri }) => uri.fsPath)];
}

/** Says what is needed, asks which build is wanted, and installs it into the extension's own storage. */
export async function installTensorflowCommand({ context, log }: Services): Promise<void> {
  const name = await chooseBuild();
  if (name === undefined) return;
  const options = { location: vscode.ProgressLocation.Notification, title: `Installing ${name}`, cancellable: true };
  const installed = await vscode.window.withProgress(options, async (progress, token) => {
    const controller = new AbortController();
    const cancellation = token.onCancellationRequested(() => controller.abort(new vscode.CancellationError()));
    try {
      await installTensorflow({
        name,
        folder: installationFolder(context),
        signal: controller.signal,
        onLine(line) {
          if (line.trim() === '') return;
          log.info(`npm: ${line}`);
          progress.report({ message: line.slice(0, 80) });
        },
      });
      return true;
    } catch (error) {
      if (error instanceof vscode.CancellationError) return false;
      throw error;
    } finally {
      cancellation.dispose();
    }
  });
  if (!installed) {
    void vscode.window.showInformationMessage('The TensorFlow engine was not installed.');
    return;
  }
  const choice = await vscode.window.showInformationMessage(
    `${name} is installed. Models are trained with it where the setting cnn-lab.device is tensorflow; whether it finds a graphics card is said when a training begins.`,
    useIt,
  );
  if (choice !== useIt) return;
  await vscode.workspace.getConfiguration('cnn-lab').update('device', 'tensorflow', vscode.ConfigurationTarget.Global);
}

const useIt = 'Use It';

async function chooseBuild(): Promise<TensorflowPackage | undefined> {
  // There is no build for graphics cards on macOS.
  const builds = tensorflowPackages.filter((name) => process.platform !== 'darwin' || !name.endsWith('-gpu'));
  const items = builds.map((name) => ({
    label: name.endsWith('-gpu') ? 'NVIDIA graphics card' : 'Processor only',
    description: name,
    detail: tensorflowNeeds(name),
    name,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Install TensorFlow Engine',
    placeHolder: 'CNN Lab trains on any GPU, and on the processor, without it. Which build of TensorFlow.js?',
  });
  if (!picked) return undefined;
  const answer = await vscode.window.showInformationMessage(
    `Install ${picked.name}?`,
    {
      modal: true,
      detail: `${picked.detail} npm must be on this machine. It runs the package's own install script, which downloads TensorFlow.`,
    },
    install,
  );
  return answer === install ? picked.name : undefined;
}

const install = 'Install';

function installationFolder({ globalStorageUri }: vscode.ExtensionContext): string {
  return vscode.Uri.joinPath(globalStorageUri, 'tensorflow').fsPath;
}
