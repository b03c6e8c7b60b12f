import { expect, it } from 'vitest';
import { LAYERS, ownerOf, type Phase, REASONS, sentOf, stageOf } from '../../../src/contract/index.ts';
import { classifyTransport } from '../../../src/layers/transport.ts';

const PHASES: readonly Phase[] = ['queued', 'dns', 'tcp', 'tls', 'send', 'wait', 'body'];
const SENT = ['no', 'partly', 'yes', 'unknown'] as const;
const CODES =
  'ECONNRESET ECONNREFUSED ETIMEDOUT ENOTFOUND EMFILE EADDRNOTAVAIL EPIPE EIO CERT_HAS_EXPIRED HPE_HEADER_OVERFLOW HPE_INVALID_CONSTANT UND_ERR_SOCKET UND_ERR_HEADERS_TIMEOUT UND_ERR_REQ_CONTENT_LENGTH_MISMATCH UND_ERR_RES_EXCEEDED_MAX_SIZE ERR_INVALID_CHAR ERR_HTTP2_STREAM_ERROR ERR_OSSL_PEM_NO_START_LINE';
const ERRORS: readonly unknown[] = [
  undefined,
  new Error('socket hang up'),
  new TypeError('Invalid URL'),
  new DOMException('timed out', 'TimeoutError'),
  ...CODES.split(' ').map((code) => Object.assign(new Error(code), { code })),
];

it('never tells a call that sent bytes as one that never left, whatever ended it wherever', () => {
  for (const phase of PHASES)
    for (const error of ERRORS)
      for (const sent of SENT)
        for (const flags of [{}, { timedOut: true }, { toProxy: true }]) {
          const facts = { phase, error, toProxy: false, timedOut: false, cancelled: false, ...flags };
          const { layer, reason } = classifyTransport(facts);
          if (layer === undefined) continue;
          const told = sentOf(layer, sent);
          const stage = stageOf(layer, told, phase === 'body');
          if (stage === 'before_send') expect(told, `${phase} ${reason}`).toBe('no');
          expect(['no', sent]).toContain(told);
          expect(REASONS[reason!].layers).toContain(layer);
        }
});

it('gives the failure to who can mend it', () => {
  expect(ownerOf('wait', 'http.connection.stale')).toBe('network');
  for (const { name, owner } of LAYERS) expect(ownerOf(name, undefined)).toBe(owner);
});
