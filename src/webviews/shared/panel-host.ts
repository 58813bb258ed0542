import type { InspectionPanelCalls, InspectionPanelEvents } from '../../protocol/inspection-panel';
import { connectRpc, type CallTable, type EventTable } from '../../protocol/rpc';
import { acquireVsCode } from './vscode-api';

/** A panel's host: what it can be asked, and what the panel keeps over a reload. */
export interface PanelHost<Calls = InspectionPanelCalls> {
  readonly calls: Calls;
  /** As it was kept, by any version: to be parsed. */
  getState(): unknown;
  setState(state: object): void;
}

/** Call it once, in the panel's entry. */
export function connectHost<
  Calls extends CallTable<Calls> = InspectionPanelCalls,
  Events extends EventTable<Events> = InspectionPanelEvents,
>(events: Partial<Events>): PanelHost<Calls> {
  const vscode = acquireVsCode<unknown>();
  const channel = {
    post: (message: unknown) => vscode.postMessage(message),
    onMessage: (listener: (message: unknown) => void) =>
      window.addEventListener('message', ({ data }: MessageEvent<unknown>) => listener(data)),
  };
  // Numbers of its own: an answer that this panel asked for before it was reloaded must not be taken for a new one.
  const firstId = 1 + Math.floor(Math.random() * 2 ** 40);
  const { calls } = connectRpc<Calls, Events>(channel, events, firstId);
  return { calls, getState: () => vscode.getState(), setState: (state) => vscode.setState(state) };
}
