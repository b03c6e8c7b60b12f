export const CONTENT_TYPES = {
  protobuf: 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openMetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
} as const;

export type Format = keyof typeof CONTENT_TYPES;

const FORMATS: Readonly<Record<string, Format>> = {
  'application/vnd.google.protobuf': 'protobuf',
  'application/openmetrics-text': 'openMetrics',
  'text/plain': 'text',
  'text/*': 'text',
  '*/*': 'text',
};

/** The format a scraper likes best of those offered; what it likes alike in their order (RFC 9110 §12.5.1). */
export function formatOf(accept: string | undefined, offered: readonly Format[]): Format {
  const weights: Record<Format, number> = { protobuf: 0, openMetrics: 0, text: 0 };
  for (const part of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = part
      .trim()
      .toLowerCase()
      .split(';')
      .map((s) => s.trim());
    const q = Number(parameters.find((p) => p.startsWith('q='))?.slice(2) ?? 1);
    const format = FORMATS[type];
    if (format !== undefined) weights[format] = Math.max(weights[format], q);
  }
  const most = Math.max(...offered.map((format) => weights[format]));
  return most > 0 ? offered.find((format) => weights[format] === most)! : 'text';
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
/** An address of this host itself. */
export const isLoopback = (address = ''): boolean => /^(?:127\.|::1$|::ffff:127\.)/.test(address);

/** A browser page of another site can reach a loopback port by DNS rebinding; then its Host header is not a local one. */
export const rebound = (localAddress: string | undefined, host: string | undefined): boolean =>
  isLoopback(localAddress) && host !== undefined && !LOCAL_HOST.test(host);
