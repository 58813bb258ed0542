/** Where a command's words go: people's to stdout and stderr, with `--json` one JSON object a line on stdout. */
export interface Output {
  readonly json: boolean;
  /** Whether a person watches: there are progress bars and colours. */
  readonly interactive: boolean;
  /** A result for people; nothing with `--json`. */
  line(text: string): void;
  /** A result for programs; nothing without `--json`. NaN and Infinity become null. */
  event(event: object): void;
  /** What is neither: warnings, errors, hints. */
  note(text: string): void;
  readonly style: Style;
}

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
}

export function createOutput(json: boolean): Output {
  const interactive = !json && process.stdout.isTTY && process.stderr.isTTY;
  return {
    json,
    interactive,
    line: (text) => void (json || process.stdout.write(`${text}\n`)),
    event: (event) => void (json && process.stdout.write(`${JSON.stringify(event)}\n`)),
    note: (text) => void process.stderr.write(`${text}\n`),
    style: createStyle(wantsColor(process.stderr.isTTY)),
  };
}

/** https://no-color.org; FORCE_COLOR as in Node. */
function wantsColor(isTerminal: boolean): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0';
  return isTerminal && TERM !== 'dumb';
}

function createStyle(color: boolean): Style {
  const paint = (open: number, close: number) => (text: string) =>
    color ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return { bold: paint(1, 22), dim: paint(2, 22), red: paint(31, 39), yellow: paint(33, 39), green: paint(32, 39) };
}
