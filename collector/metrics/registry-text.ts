import type { Registry } from 'prom-client';
import { escapeLabel } from '../../src/aggregate/clean.ts';
import { header } from '../../src/aggregate/page.ts';
import { formatNumber } from '../../src/aggregate/writer.ts';

/**
 * Renders a prom-client registry without changing it. Its own renderer writes `_total` away for ever after one OpenMetrics
 * page and lets label values that are no strings break a line, so only its collected values are used.
 */
export async function registryText(registry: Registry, openMetrics: boolean): Promise<string> {
  let page = '';
  for (const metric of await registry.getMetricsAsJSON()) {
    const { name, help } = metric;
    const type = String(metric.type);
    page += header({ name, help, type }, openMetrics);
    for (const value of metric.values as { labels?: Record<string, unknown>; value: number; metricName?: string }[]) {
      const labels = Object.entries(value.labels ?? {})
        .map(([label, v]) => `${label}="${escapeLabel(String(v))}"`)
        .join(',');
      page += `${value.metricName ?? name}${labels && `{${labels}}`} ${formatNumber(Number(value.value))}\n`;
    }
  }
  return page;
}
