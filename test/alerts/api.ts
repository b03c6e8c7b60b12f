import type { LayerName } from '../../src/contract/index.ts';

export interface Failing {
  readonly service: string;
  readonly provider: string;
  readonly layer: LayerName;
  readonly code: string;
  readonly requestId?: string;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/**
 * What a collector shows while services call APIs: real text exposition whose counters grow with the clock, ten good calls a
 * second each, so that a missed poll loses nothing.
 */
export class Api {
  scrapes = 0;
  readonly #ok = new Map<string, number>();
  readonly #episodes: { row: Failing; from: number; to: number; seen: boolean }[] = [];
  readonly #versions: { service: string; version: string; at: number }[] = [];

  /** A service that has been calling since `since` (milliseconds of `Date.now`). */
  healthy(service: string, provider: string, since = Date.now()): void {
    this.#ok.set(JSON.stringify([service, provider]), since);
  }

  deploy(service: string, version: string): void {
    this.#versions.push({ service, version, at: Date.now() });
  }

  /** From now on two calls of three fail so; the result ends it. */
  failing(rows: readonly Failing[]): () => void {
    const made = rows.map((row) => ({ row, from: Date.now(), to: Number.POSITIVE_INFINITY, seen: false }));
    this.#episodes.push(...made);
    return () => {
      for (const one of made) one.to = Date.now();
    };
  }

  metrics(): string {
    this.scrapes++;
    const now = Date.now();
    const lines = ['# TYPE api_client_calls_total counter'];
    for (const [key, since] of this.#ok) {
      const [service, provider] = JSON.parse(key) as [string, string];
      lines.push(
        `api_client_calls_total{service_name="${escaped(service)}",api_provider_name="${escaped(provider)}",api_status_class="2xx"} ${Math.floor((now - since) / 100)}`,
      );
    }
    for (const e of this.#episodes) {
      const of = `service_name="${escaped(e.row.service)}",api_provider_name="${escaped(e.row.provider)}",api_failure_layer="${e.row.layer}",api_provider_code="${escaped(e.row.code)}"`;
      const where =
        e.row.layer === 'auth'
          ? ',http_request_method="POST",url_template="/v1/charges",server_address="api.stripe.com",http_response_status_code="401",api_failure_reason="http.error"'
          : '';
      // A new series is shown at 0 once, as the collector does, so that `increase` sees its first failures.
      lines.push(
        `api_client_calls_total{${of}${where}} ${e.seen ? Math.floor((Math.min(now, e.to) - e.from) / 50) : 0}`,
      );
      e.seen = true;
      if (e.row.requestId !== undefined)
        lines.push(
          `api_client_last_failure_timestamp_seconds{${of},request_id="${escaped(e.row.requestId)}",trace_id="0af7651916cd43dd8448eb211c80319c"} ${Math.min(now, e.to) / 1000}`,
        );
    }
    for (const v of this.#versions)
      lines.push(
        `api_client_service_version_first_seen_timestamp_seconds{service_name="${escaped(v.service)}",service_version="${escaped(v.version)}"} ${v.at / 1000}`,
      );
    return `${lines.join('\n')}\n`;
  }
}
