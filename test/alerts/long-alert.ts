const long = (start: string, length: number) => start.padEnd(length, ' of words that go on');
/** As long an alert as the rules write. */
export const alert = (service: string, code: number, more: object = {}, labels: object = {}) => ({
  labels: {
    alertname: 'ApiErrorSpike',
    severity: 'page',
    owner: 'provider',
    service_name: service,
    api_provider_name: 'stripe',
    api_failure_layer: 'service',
    api_provider_code: `code_${code}`,
    ...labels,
  },
  annotations: {
    weight: String(code * 10).padStart(12, '0'),
    summary: long(`${service} → stripe: code_${code} <!channel>`, 140),
    description: long('24 % of calls fail', 280),
    where: long('POST /v1/charges at api.stripe.com, status 503', 170),
    since: '14:02 UTC, 3 min before this page',
    deploy: long('version 1.5.0, first seen 9s before the calls began to fail', 110),
    request_ids: long('req_1', 170),
    trace_url: `http://collector.example/trace/${'0af7'.repeat(8)}`,
    first_check: 'provider status page; keep the request ID',
    retry_advice: long('repeat reads with backoff', 110),
    checklist: long('auth (3 failures): 401: credentials', 280),
    load: long('Calls in flight: 3', 170),
    dashboard_url: `https://grafana.example/d/x?${'y'.repeat(200)}`,
    evidence_url: `https://collector.example/failures?${'z'.repeat(120)}`,
    runbook_url: 'https://runbooks.example/ApiErrorSpike.md',
    silence_url: `https://alertmanager.example/#/silences/new?filter=${'s'.repeat(120)}`,
    ...more,
  },
});
