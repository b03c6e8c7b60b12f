import { expect, it } from 'vitest';
import { addError } from '../../../instrumentation/attributes/failure.ts';
import type { Call } from '../../../instrumentation/capture/types.ts';
import type { Outcome } from '../../../instrumentation/judge/types.ts';
import { AttributeList } from '../../../instrumentation/span/list.ts';
import { canary, leaks, SHAPED_KINDS } from '../../privacy/canaries.ts';

const call = (members: Partial<Call> = {}): Call =>
  ({ responseHeader: () => undefined, received: () => undefined, ...members }) as Call;
const told = (outcome: Partial<Outcome>, of = call()) => {
  const list = new AttributeList();
  addError(list, of, { kind: 'failed', sent: 'yes', reason: 'http.response.closed', ...outcome } as Outcome);
  return list.toObject();
};
const coded = (code: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { code, ...more });

it('tells the client’s own code and one line, through wrappers', () => {
  const error = new TypeError('fetch failed', { cause: coded('UND_ERR_SOCKET', 'other side closed\nsecond line') });
  expect(told({ error })).toEqual({ 'api.failure.error': 'UND_ERR_SOCKET', 'api.failure.detail': 'other side closed' });
});

it('tells each address that was tried', () => {
  const errors = [
    coded('ENETUNREACH', 'x', { address: '2001:db8::1', port: 443 }),
    coded('ETIMEDOUT', 'x', { address: '192.0.2.7', port: 443 }),
  ];
  const error = Object.assign(new AggregateError(errors), { code: 'ENETUNREACH' });
  expect(told({ error, reason: 'tcp.timed_out' })['api.failure.detail']).toMatch(
    /^ENETUNREACH .* port 443, ETIMEDOUT .* port 443$/,
  );
});

it('tells issuer and end of a refused certificate, and nothing of a thread', () => {
  const certificate = { issuer: 'Inspecting Root', validTo: 'Nov 30 00:00:00 2026 GMT' };
  const error = coded('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain');
  expect(
    told({ error, reason: 'tls.cert.authority_invalid' }, call({ connection: { certificate } as never }))[
      'api.failure.detail'
    ],
  ).toBe('self-signed certificate in certificate chain; issuer Inspecting Root; valid to Nov 30 00:00:00 2026 GMT');
  const openssl = coded(
    'EPROTO',
    'write EPROTO 80CB3F0A0E7F0000:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../deps/openssl/x.c:1:',
  );
  expect(told({ error: openssl, reason: 'tls.protocol.error' })['api.failure.detail']).toBe(
    'wrong version number (SSL routines)',
  );
});

it('tells how much of a body came, and the deadline', () => {
  const cut = call({ responseHeader: () => '1000', received: () => 10 });
  expect(told({ reason: 'http.response.truncated' }, cut)['api.failure.detail']).toBe('10 of 1000 bytes received');
  expect(told({ reason: 'http.response.timed_out', deadlineMs: 600 })).toEqual({ 'api.deadline': 0.6 });
});

it('says nothing where the answer says what is wrong', () => {
  expect(told({ reason: 'http.error', error: new Error('x') })).toEqual({});
});

it.each(SHAPED_KINDS)('lets no %s out with an error’s text', (kind) => {
  const secret = canary(kind, 'error message');
  const attributes = told({ error: coded('EIO', `reading ${secret.value} failed`) });
  expect(leaks(JSON.stringify(attributes), [secret])).toEqual([]);
});
