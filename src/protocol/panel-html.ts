export interface PanelHtmlOptions {
  /** What assistive technology reads as the document's title. */
  readonly title: string;
  readonly scriptUri: string;
  readonly styleUris: readonly string[];
  /** Fresh and unguessable for every document: letters and digits. */
  readonly nonce: string;
  /** `webview.cspSource`: where styles, fonts and images of the extension come from. */
  readonly cspSource: string;
}

/**
 * The whole HTML document of a panel: an empty `<div id="root">` that the panel's script fills. Nothing is allowed but
 * that script, the extension's own styles, fonts and images, and images made by the script (`data:`, `blob:`: export).
 */
export function panelHtml({ title, scriptUri, styleUris, nonce, cspSource }: PanelHtmlOptions): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data: blob:`,
  ].join('; ');
  const styles = styleUris.map((uri) => `<link rel="stylesheet" href="${escapeHtml(uri)}">`).join('\n    ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escapeHtml(title)}</title>
    ${styles}
  </head>
  <body>
    <div id="root"></div>
    <script nonce="${escapeHtml(nonce)}" src="${escapeHtml(scriptUri)}"></script>
  </body>
</html>
`;
}

/** For text and for attribute values in double quotes. */
function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
