import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { type ProxyFor, proxyFromSettings, withoutProxy } from '../../node/download/proxy';

/**
 * The proxy of VS Code's settings. Where none is set, VS Code itself puts that of the system, of a PAC file or of the
 * environment into `node:http`, unless `http.proxySupport` is off. @throws UserError where it can't be read.
 */
export function vscodeProxy(): ProxyFor {
  const settings = vscode.workspace.getConfiguration('http');
  if (settings.get<unknown>('proxySupport') === 'off') return withoutProxy;
  const proxy = settings.get<unknown>('proxy');
  const noProxy = settings.get<unknown>('noProxy');
  const authorization = settings.get<unknown>('proxyAuthorization');
  try {
    return proxyFromSettings({
      proxy: typeof proxy === 'string' ? proxy : '',
      noProxy: Array.isArray(noProxy) ? noProxy.filter((each): each is string => typeof each === 'string') : [],
      strictSsl: settings.get<unknown>('proxyStrictSSL') !== false,
      authorization: typeof authorization === 'string' && authorization !== '' ? authorization : undefined,
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(message, 'Correct the setting http.proxy.', { cause });
  }
}
