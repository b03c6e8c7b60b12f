import { type Api, json, random } from '../api.ts';

/** GitHub REST: `{"message","documentation_url","status"}` without a code, `x-github-request-id`, `x-ratelimit-*`. */
const headers = (id: string, remaining = 4711) => ({
  'x-github-request-id': id,
  'x-github-media-type': 'github.v3; format=json',
  'x-ratelimit-limit': '5000',
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 1800),
});
const problem = (message: string, status: number) => ({
  message,
  documentation_url: 'https://docs.github.com/rest',
  status: String(status),
});

export const github: Api = {
  name: 'github',
  host: 'api.github.test',
  keepAlive: true,
  requestId: () => [4, 4, 7, 7, 8].map((n) => random(n, '0123456789ABCDEF')).join(':'),
  accepts: (ask) => /^(?:token|Bearer) ghp_example$/.test(ask.header('authorization') ?? ''),
  ok: (_ask, id) => json(200, headers(id), { number: 7, title: 'Refund twice', state: 'open', labels: [] }),
  unauthorized: (_ask, id) => json(401, headers(id), problem('Bad credentials', 401)),
  throttled: (_ask, id) =>
    json(429, { ...headers(id, 0), 'retry-after': '60' }, problem('You have exceeded a secondary rate limit.', 429)),
  outage: (_ask, id) => json(503, headers(id), problem('Service unavailable', 503)),
};
