export const CONTENT_TYPES = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openMetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
} as const;

/** Whether the scraper asks for OpenMetrics 1.0 at least as much as for the text format (RFC 9110 §12.5.1). */
export function wantsOpenMetrics(accept: string | undefined): boolean {
  const weights = { openMetrics: 0, text: 0 };
  for (const part of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = part
      .trim()
      .toLowerCase()
      .split(';')
      .map((s) => s.trim());
    const q = Number(parameters.find((p) => p.startsWith('q='))?.slice(2) ?? 1);
    if (type === 'application/openmetrics-text') weights.openMetrics = Math.max(weights.openMetrics, q);
    else if (type === 'text/plain' || type === 'text/*' || type === '*/*') weights.text = Math.max(weights.text, q);
  }
  return weights.openMetrics > 0 && weights.openMetrics >= weights.text;
}

/** A name for the scraper when it is a Prometheus: its address, not its port, which changes from scrape to scrape. */
export const scraperOf = (
  headers: Readonly<Record<string, string | string[] | undefined>>,
  remoteAddress: string | undefined,
): string | undefined =>
  headers['x-prometheus-scrape-timeout-seconds'] === undefined
    ? undefined
    : `${remoteAddress} ${headers['user-agent'] ?? ''}`;

/** `# EOF` is OpenMetrics' last line. */
export const END = '# EOF\n';

const LOCAL_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|\[::ffff:127\.\d+\.\d+\.\d+\])(?::\d+)?$/i;
const LOCAL_ADDRESS = /^(?:127\.|::1$|::ffff:127\.)/;

/** A browser page of another site can reach a loopback port by DNS rebinding; then its Host header is not a local one. */
export const rebound = (localAddress: string | undefined, host: string | undefined): boolean =>
  LOCAL_ADDRESS.test(localAddress ?? '') && host !== undefined && !LOCAL_HOST.test(host);
