import type { Provider } from './provider.ts';

const HEADER_CAP = 8192;

/** The longest `estimated_time_to_regain_access` (minutes) of any business, as seconds. */
function regainSeconds(text: string | undefined): number | undefined {
  if (text === undefined || text.length > HEADER_CAP) return undefined;
  let minutes = 0;
  for (const match of text.matchAll(/"estimated_time_to_regain_access":\s?(\d{1,6})/g))
    minutes = Math.max(minutes, Number(match[1]));
  return minutes > 0 ? minutes * 60 : undefined;
}

/**
 * Support asks for `fbtrace_id`. Throttling comes with 400, codes 4, 17, 32, 613 and 80000–80014; 102, 190 and 463 are tokens.
 * https://developers.facebook.com/docs/graph-api/guides/error-handling
 */
export const metaGraph: Provider = {
  name: 'meta-graph',
  requestId: ['error.fbtraceid'],
  delay: (header) => regainSeconds(header('x-business-use-case-usage')),
  layers: {
    1: 'service',
    2: 'service',
    4: 'throttling',
    10: 'auth',
    17: 'throttling',
    32: 'throttling',
    102: 'auth',
    190: 'auth',
    200: 'auth',
    341: 'throttling',
    368: 'throttling',
    613: 'throttling',
    ...Object.fromEntries(Array.from({ length: 15 }, (_, i) => [String(80_000 + i), 'throttling' as const])),
  },
};
