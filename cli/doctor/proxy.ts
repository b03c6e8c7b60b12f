import { type Finding, note, ok, type ProxyChoice } from './base.ts';

/**
 * The proxy for a URL by the usual variables. Most tools obey them, curl among them.
 * Node does so only with `NODE_USE_ENV_PROXY=1` (Node 24, 22.21) or an agent in the application.
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv, forced: URL | undefined): ProxyChoice {
  if (forced !== undefined) return { use: forced, says: `${nameOf(forced)}, as asked`, ignored: false };
  const [name, value] = variable(env, url.protocol === 'https:' ? 'https_proxy' : 'http_proxy');
  if (value === undefined) return { says: 'no proxy variable is set', ignored: false };
  // `proxy:3128` without a scheme is common, and would parse as a URL of scheme `proxy`.
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy === undefined) return { says: `${name} is set but is no URL`, ignored: false };
  const [, noProxy] = variable(env, 'no_proxy');
  if (exempt(url, noProxy)) return { says: `${name} is set, NO_PROXY exempts this host`, ignored: false };
  const obeyed = env['NODE_USE_ENV_PROXY'] === '1' || /--use-env-proxy/.test(env['NODE_OPTIONS'] ?? '');
  return obeyed
    ? { use: proxy, says: `${name}: ${nameOf(proxy)}`, ignored: false }
    : { says: `${name} names ${proxy.host}, but Node obeys it only with NODE_USE_ENV_PROXY=1`, ignored: true };
}

/** Host, and whose credentials the URL holds; never a password. */
const nameOf = ({ host, username }: URL): string => (username === '' ? host : `${host} as user '${username}'`);

export function proxyFinding({ use, says, ignored }: ProxyChoice): Finding {
  if (!ignored) return ok('proxy', use === undefined ? says : `through ${says}; it resolves the name`);
  const means = 'curl goes through it and this process does not: the two may differ';
  return note('proxy', says, means, 'set NODE_USE_ENV_PROXY=1 where the proxy is the only way out');
}

const variable = (env: NodeJS.ProcessEnv, name: string): [string, string | undefined] =>
  env[name] ? [name, env[name]] : [name.toUpperCase(), env[name.toUpperCase()] || undefined];

function exempt(url: URL, list: string | undefined): boolean {
  const host = url.hostname.toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return (list ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      const [name = '', wanted] = entry.split(/:(?=\d+$)/);
      if (wanted !== undefined && wanted !== port) return false;
      const suffix = name.replace(/^\*?\./, '');
      return name === '*' || host === suffix || host.endsWith(`.${suffix}`);
    });
}
