/** Members by which agents that go through a proxy are known, whatever their classes are called in a bundle. */
const MEMBERS = ['proxy', 'proxyOptions', 'getProxyForUrl', 'getUrlProxy', 'isProxyConfigured', 'proxyUri', 'proxyEnv'];
const NAMED = /prox|tunnel|socks/i;

interface Agent {
  readonly options?: { readonly proxy?: unknown; readonly proxyEnv?: unknown };
  readonly constructor?: { readonly name?: unknown };
}

/** https-, http-, socks-, pac-proxy-agent, proxy-agent, hpagent, tunnel, tunnel-agent, global-agent, and node's own with `proxyEnv`. */
export function isProxyAgent(agent: unknown): boolean {
  if (typeof agent !== 'object' || agent === null) return false;
  const { options, constructor: made } = agent as Agent;
  if (options?.proxyEnv !== undefined || options?.proxy !== undefined) return true;
  if (made?.name === 'Agent' && !('isProxyConfigured' in agent)) return false;
  return MEMBERS.some((member) => (agent as Record<string, unknown>)[member] != null) || NAMED.test(String(made?.name));
}

interface Aimed {
  readonly port?: unknown;
  readonly hostname?: unknown;
}

/** Did a connection fail that was made to somebody else than the target? Agents with exceptions (`NO_PROXY`) also go straight. */
export function aimsElsewhere(error: unknown, host: string, port: number): boolean | undefined {
  const { port: aimedPort, hostname } = (error ?? {}) as Aimed;
  if (typeof aimedPort === 'number' && aimedPort !== port) return true;
  if (typeof hostname === 'string') return hostname !== host;
  return undefined;
}
