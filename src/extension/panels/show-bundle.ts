import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { panelHtml } from '../../protocol/panel-html';

/** Loads the bundle of that name into a panel, with its icon. What listens to the panel's messages is to be there before. */
export function showBundle(panel: vscode.WebviewPanel, extensionUri: vscode.Uri, name: string, title: string): void {
  const { webview } = panel;
  const bundles = vscode.Uri.joinPath(extensionUri, 'dist', 'webviews');
  const uriOf = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(bundles, file)).toString();
  panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', `${name}.svg`);
  webview.options = { enableScripts: true, localResourceRoots: [bundles] };
  webview.html = panelHtml({
    title,
    scriptUri: uriOf(`${name}.js`),
    styleUris: [uriOf(`${name}.css`)],
    nonce: randomBytes(16).toString('hex'),
    cspSource: webview.cspSource,
  });
}
