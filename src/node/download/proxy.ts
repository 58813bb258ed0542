/** The proxy that an address is asked through; undefined: none. */
export type ProxyFor = (target: URL) => Proxy | undefined;

export interface Proxy {
  /** http: or https: */
  readonly url: URL;
  /** Value of the header Proxy-Authorization. */
  readonly authorization: string | undefined;
  /** Whether certificates, of the proxy and of what is behind it, must be known ones. */
  readonly strictSsl: boolean;
}

export const withoutProxy: ProxyFor = () => undefined;

/** As `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` say, in small letters or capitals. @throws Error where one can't be read. */
export function proxyFromEnvironment(environment: NodeJS.ProcessEnv = process.env): ProxyFor {
  const read = (name: string) => environment[name] || environment[name.toUpperCase()] || undefined;
  const all = read('all_proxy');
  const proxies = new Map(
    (['http:', 'https:'] as const).map((protocol) => [
      protocol as string,
      parseProxy(read(`${protocol.slice(0, -1)}_proxy`) ?? all),
    ]),
  );
  const exceptions = (read('no_proxy') ?? '').split(/[\s,]+/).filter((each) => each !== '');
  return (target) => (matchesHost(target, exceptions) ? undefined : proxies.get(target.protocol));
}

/** VS Code's `http.*` settings. */
export interface ProxySettings {
  readonly proxy: string;
  readonly noProxy: readonly string[];
  readonly strictSsl: boolean;
  readonly authorization: string | undefined;
}

/** @throws Error where the proxy can't be read. */
export function proxyFromSettings({ proxy, noProxy, strictSsl, authorization }: ProxySettings): ProxyFor {
  const parsed = parseProxy(proxy.trim() === '' ? undefined : proxy.trim());
  if (!parsed) return withoutProxy;
  const chosen = { ...parsed, strictSsl, authorization: authorization ?? parsed.authorization };
  return (target) => (matchesHost(target, noProxy) ? undefined : chosen);
}

function parseProxy(text: string | undefined): Proxy | undefined {
  if (text === undefined) return undefined;
  const withScheme = /^[a-z][\w+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(withScheme)) throw new Error(`The proxy ${text} is no address.`);
  const url = new URL(withScheme);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`The proxy ${url.protocol}//${url.host} speaks no HTTP.`);
  }
  const { username, password } = url;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = username === '' ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
  return { url, authorization, strictSsl: true };
}

/** `*`, `host`, `.domain`, `*.domain`, each also with a port; a name stands for those below it, too (as curl has it). */
function matchesHost(target: URL, patterns: readonly string[]): boolean {
  const port = target.port || (target.protocol === 'https:' ? '443' : '80');
  const host = target.hostname.toLowerCase();
  return patterns.some((pattern) => {
    if (pattern === '*') return true;
    const [, name = '', wantedPort] = /^(\[.*\]|[^:]*|.*)(?::(\d+))?$/.exec(pattern.toLowerCase()) ?? [];
    const domain = name.replace(/^\*?\./, '');
    if (domain === '' || (wantedPort !== undefined && wantedPort !== port)) return false;
    return host === domain || host.endsWith(`.${domain}`);
  });
}
