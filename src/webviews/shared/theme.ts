export type ThemeKind = 'dark' | 'light' | 'high-contrast-dark' | 'high-contrast-light';

/** What a canvas needs to know of the editor's theme; everything else takes VS Code's variables in its style sheet. */
export interface Theme {
  readonly kind: ThemeKind;
  readonly background: string;
  readonly foreground: string;
  /** Of secondary text: tick labels. */
  readonly mutedForeground: string;
  readonly gridLine: string;
  /** Of what is focused and selected. */
  readonly accent: string;
  /** Of what is wrong or left out. */
  readonly error: string;
  readonly fontFamily: string;
}

export function readTheme(): Theme {
  const styles = getComputedStyle(document.documentElement);
  const variable = (name: string, fallback: string): string => styles.getPropertyValue(name).trim() || fallback;
  const kind = themeKind(document.body.classList);
  const light = kind === 'light' || kind === 'high-contrast-light';
  const foreground = variable('--vscode-editor-foreground', light ? '#3b3b3b' : '#cccccc');
  const gridShare = kind === 'dark' || kind === 'light' ? 13 : 30;
  return {
    kind,
    background: variable('--vscode-editor-background', light ? '#ffffff' : '#1f1f1f'),
    foreground,
    mutedForeground: variable('--vscode-descriptionForeground', foreground),
    gridLine: `color-mix(in srgb, ${foreground} ${gridShare}%, transparent)`,
    accent: variable('--vscode-focusBorder', foreground),
    error: variable('--vscode-editorError-foreground', '#f14c4c'),
    fontFamily: variable('--vscode-font-family', 'system-ui, sans-serif'),
  };
}

/** Calls back after every change of the theme. VS Code then changes the body's classes and the root's variables. */
export function watchTheme(changed: () => void): { dispose(): void } {
  let announced = false;
  const observer = new MutationObserver(() => {
    // Both changes come in one go: one call for the two.
    if (announced) return;
    announced = true;
    queueMicrotask(() => {
      announced = false;
      changed();
    });
  });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  return { dispose: () => observer.disconnect() };
}

function themeKind(classes: DOMTokenList): ThemeKind {
  // VS Code sets `vscode-high-contrast` on the light high-contrast theme too.
  if (classes.contains('vscode-high-contrast-light')) return 'high-contrast-light';
  if (classes.contains('vscode-high-contrast')) return 'high-contrast-dark';
  return classes.contains('vscode-light') ? 'light' : 'dark';
}

/** Of boxes on pictures: seen on dark and bright ones, and on every colour map. */
export const fieldColor = '#ff9f1c';
