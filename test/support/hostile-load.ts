import { jsonBody, type TestSpan } from './otlp-spans.ts';

/** Services that fail as services do. */
export const SERVICES = 70;
export const QUIET_SPANS = 600;
export const HOSTILE_SPANS = 500;

const failed = (attributes: Record<string, string>): TestSpan => ({
  attributes: {
    'http.request.method': 'GET',
    'api.status.class': '4xx',
    'http.response.status_code': 400,
    'api.failure.layer': 'payload',
    'api.failure.reason': 'http.error',
    ...attributes,
  },
});

/** Thirty providers with twenty codes each. */
export const quiet = (service: number): string =>
  jsonBody([
    {
      resource: { 'service.name': `quiet${service}` },
      spans: Array.from({ length: QUIET_SPANS }, (_, i) =>
        failed({ 'api.provider.name': `provider${i % 30}`, 'api.provider.code': `code_${i % 30}_${i % 20}` }),
      ),
    },
  ]);

/** A neighbour that makes up codes, templates and providers, never the same. */
export const hostile = (turn: number): string =>
  jsonBody([
    {
      resource: { 'service.name': `bad${turn % 3}` },
      spans: Array.from({ length: HOSTILE_SPANS }, (_, i) =>
        failed({
          'api.provider.name': `p${turn}_${i}`,
          'api.provider.code': `c${turn}_${i}`,
          'url.template': `/${turn}/${i}`,
        }),
      ),
    },
  ]);
