import { createServer, type Server } from 'node:http';
import type { Api } from './api.ts';
import { FAULTS, isFault, type Switchboard } from './faults.ts';
import type { Ledger } from './record.ts';

const usage = (apis: readonly Api[]): string =>
  [
    'POST /faults/<api>/<fault>   switch a fault on (none: off)',
    'GET  /requests/<id>          the answer that carried this request ID',
    'GET  /totals                 answers by API and status',
    '',
    `apis:   ${apis.map((api) => api.name).join(' ')}`,
    'faults:',
    ...Object.entries(FAULTS).map(([name, what]) => `  ${name.padEnd(9)} ${what}`),
    '',
  ].join('\n');

/** The switches of the fake provider, on a port of their own. */
export function controlServer(apis: readonly Api[], faults: Switchboard, ledger: Ledger): Server {
  return createServer((request, response) => {
    const reply = (status: number, body: unknown) => {
      const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
      response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' });
      response.end(text);
    };
    const [, verb, first = '', second = ''] = (request.url ?? '/').split('/').map(decodeURIComponent);
    if (request.method === 'GET' && verb === '') return reply(200, usage(apis));
    if (request.method === 'GET' && verb === 'totals') return reply(200, ledger.totals());
    if (request.method === 'GET' && verb === 'requests') {
      const sent = ledger.find(first);
      return sent ? reply(200, sent) : reply(404, `never sent ${first}\n`);
    }
    const api = apis.find((a) => a.name === first);
    if (request.method === 'POST' && verb === 'faults' && api && (second === 'none' || isFault(second))) {
      faults.turn(api, second === 'none' ? undefined : second);
      return reply(200, { api: api.name, fault: second });
    }
    return reply(404, usage(apis));
  });
}
