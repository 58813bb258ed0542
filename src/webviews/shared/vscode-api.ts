/** A panel's handle to its host: what it says (`Outgoing`) and what it keeps over a reload (`State`, read back unchecked). */
export interface VsCodeApi<Outgoing> {
  postMessage(message: Outgoing): void;
  getState(): unknown;
  setState(state: object): void;
}

/** VS Code gives the handle once per document: call it once, in the panel's entry. */
export function acquireVsCode<Outgoing>(): VsCodeApi<Outgoing> {
  return acquireVsCodeApi();
}

declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
};
