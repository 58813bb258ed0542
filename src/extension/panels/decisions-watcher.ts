import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';

/** Tells when the decisions about the data set that a panel shows change on the disk, by whomever. */
export class DecisionsWatcher implements vscode.Disposable {
  private watched: { readonly file: string; readonly parts: vscode.Disposable } | undefined;

  constructor(private readonly changed: (location: string) => void) {}

  /** In place of what was watched before. */
  watch(location: string, file: string): void {
    if (this.watched?.file === file) return;
    this.dispose();
    const pattern = new vscode.RelativePattern(vscode.Uri.file(dirname(file)), escapeGlob(basename(file)));
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const told = () => this.changed(location);
    const parts = [watcher, watcher.onDidCreate(told), watcher.onDidChange(told), watcher.onDidDelete(told)];
    this.watched = { file, parts: vscode.Disposable.from(...parts) };
  }

  dispose(): void {
    this.watched?.parts.dispose();
    this.watched = undefined;
  }
}

/** A name as it is: brackets and stars in it stand for themselves. */
function escapeGlob(name: string): string {
  return name.replace(/[[\]{}*?]/g, '[$&]');
}
