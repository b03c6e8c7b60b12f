import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { redactBody, redactText, redactUrl } from '../../src/redact/index.ts';
import { Maker } from './canaries.ts';

// What a person needs has to come through whole. The texts in the three files were written with the rules; the answers of the providers'
// fixture were collected for another purpose, before them.
const fixture = (name: string): string => readFileSync(join(import.meta.dirname, '../fixtures', name), 'utf8');
const lines = (name: string): string[] => fixture(name).trim().split('\n');

const PROVIDERS = JSON.parse(fixture('providers.json')) as {
  cases: { body?: string; expect?: { message?: string } }[];
}[];
const cases = PROVIDERS.flatMap((provider) => provider.cases);

/** The texts that did not come through as they are. */
const damaged = (texts: readonly string[], redact: (text: string) => string): string[] =>
  texts.filter((text) => redact(text) !== text).map((text) => `${text} → ${redact(text)}`);

it('ordinary URLs, messages and bodies come through whole', () => {
  const urls = lines('ordinary-urls.txt');
  const messages = lines('ordinary-messages.txt');
  const bodies = lines('ordinary-bodies.txt');
  expect(urls.length + messages.length + 2 * bodies.length).toBeGreaterThan(500);
  expect(damaged(urls, redactUrl)).toEqual([]);
  expect(damaged(messages, redactText)).toEqual([]);
  expect(damaged(bodies, (body) => redactBody(body, 'response'))).toEqual([]);
  const requests = bodies.filter((body) => !/"error|<Error/.test(body));
  expect(damaged(requests, (body) => redactBody(body, 'request'))).toEqual([]);
});

it('and so do providers’ answers, all but one in a hundred', () => {
  // an address of a person and half a key are no ordinary text, and a body that was cut off cannot stay as it is
  const bodies = cases
    .flatMap(({ body }) => (body === undefined || body === '' ? [] : [body.trim()]))
    .filter((body) => !/@b\.test|sk_test_|"trunc$/.test(body));
  expect(bodies.length).toBeGreaterThan(150);
  const changed = damaged(bodies, (body) => redactBody(body, 'response').trim());
  expect(changed.length <= bodies.length / 100 ? [] : changed).toEqual([]);
});

const BASE32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';
const uuid = (m: Maker): string => `${m.hex(8)}-${m.hex(4)}-4${m.hex(3)}-9${m.hex(3)}-${m.hex(12)}`;
/** Objects of real APIs: where they stand in a path, what a message calls them, and how they are written. */
const IDENTIFIERS: readonly (readonly [place: string, noun: string, make: (m: Maker) => string])[] = [
  ['payment_intents', 'payment_intent', (m) => `pi_3${m.word(23)}`],
  ['charges', 'charge', (m) => `ch_3${m.word(23)}`],
  ['customers', 'customer', (m) => `cus_${m.word(14)}`],
  ['events', 'event', (m) => `evt_1${m.word(23)}`],
  ['checkout/sessions', 'checkout session', (m) => `cs_test_a1${m.word(56)}`],
  ['refunds', 'refund', (m) => `re_3${m.word(23)}`],
  ['threads', 'thread', (m) => `thread_${m.word(24)}`],
  ['files', 'File object', (m) => `file-${m.word(22)}`],
  ['responses', 'response', (m) => `resp_${m.hex(48)}`],
  ['messages', 'message', (m) => `msg_01${m.word(22)}`],
  ['requests', 'request', (m) => `req_011C${m.word(20)}`],
  ['batches', 'batch', (m) => `msgbatch_01${m.word(22)}`],
  ['Messages', 'message', (m) => `SM${m.hex(32)}`],
  ['Accounts', 'account', (m) => `AC${m.hex(32)}`],
  ['commits', 'commit', (m) => m.hex(40)],
  ['manifests', 'manifest', (m) => `sha256:${m.hex(64)}`],
  ['orders', 'order', uuid],
  ['pages', 'page', (m) => m.hex(32)],
  ['trees', 'tree', (m) => m.hex(24)],
  ['objects', 'object', (m) => `01${m.of(BASE32, 24)}`],
  ['files', 'file', (m) => `1${m.word(32)}`],
  ['spreadsheets/d', 'spreadsheet', (m) => `1${m.word(43)}`],
  ['videos', 'video', (m) => m.word(11)],
  ['segments', 'resource', (m) => `2${m.word(26)}`],
  ['records', 'record', (m) => m.word(21)],
  ['posts', 'document', (m) => `c${m.of(LOWER, 24)}`],
  ['tweets', 'Tweet with id', (m) => `1${m.digits(18)}`],
  ['products', 'product', (m) => m.digits(13)],
  ['place', 'place', (m) => `ChIJ${m.word(23)}`],
  ['instances', 'instance', (m) => `i-0${m.hex(16)}`],
  ['users', 'user', (m) => `user_2${m.word(26)}`],
  ['deployments', 'deployment', (m) => `dpl_${m.word(28)}`],
  ['payments', 'payment', (m) => `pay_${m.word(14)}`],
  ['shipments', 'shipment', (m) => `shp_${m.hex(32)}`],
];

it.each(['tuned', 'untouched'])('identifiers of real APIs are kept: %s values', (seed) => {
  const lost: string[] = [];
  for (const [place, noun, make] of IDENTIFIERS) {
    const maker = new Maker(`${seed}/${noun}/${place}`);
    const values = Array.from({ length: 200 }, () => make(maker));
    const texts = (v: string): boolean[] => [
      redactUrl(`https://h.example/v1/${place}/${v}/x?${noun.replaceAll(' ', '_')}=${v}`).split(v).length === 3,
      redactText(`No such ${noun}: '${v}'`).includes(v),
      redactText(`${noun} ${v} was not found`).includes(v),
      redactBody(JSON.stringify({ id: v, error: { message: `No such ${noun}: ${v}` } }), 'response').split(v).length ===
        3,
    ];
    const bad = values.filter((v) => texts(v).includes(false));
    if (bad.length > values.length * 0.02)
      lost.push(`${noun}: ${bad.length} of ${values.length}, ${bad[0]} ${texts(bad[0]!)}`);
  }
  expect(IDENTIFIERS.length).toBeGreaterThanOrEqual(30);
  expect(lost).toEqual([]);
});
