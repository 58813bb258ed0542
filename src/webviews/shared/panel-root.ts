/** Where a panel draws (see protocol/panel-html.ts). */
export function panelRoot(): HTMLElement {
  const root = document.getElementById('root');
  if (!root) throw new Error('The document of the panel has no element #root.');
  return root;
}
