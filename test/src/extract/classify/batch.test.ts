import { describe, expect, it } from 'vitest';
import { extract } from '../../../../src/extract/index.ts';
import { layerOfAnswer, reasonOfAnswer } from '../../../../src/layers/answer.ts';
import { HTTP_PARTS } from '../../../support/streams-third.ts';
import { answerOf } from '../fixture.ts';

function told(body: unknown, status = 200, isBatch = true) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const e = extract({ ...answerOf(status, {}, text), isBatch });
  const layer = layerOfAnswer(status, e, 'orchard.example');
  const { failed, total } = e.batch ?? {};
  return layer === undefined ? 'ok' : [layer, reasonOfAnswer(layer, e), e.code, failed, total].join(' ');
}
const item = (status: number, type?: string) => ({
  index: { status, ...(type && { error: { type, reason: 'x y' } }) },
});

it.each(HTTP_PARTS.map((one) => [one.name, one] as const))('parts of multipart: %s', (_, one) => {
  const e = extract({ ...answerOf(200, {}, one.bytes.toString()), contentType: one.type, isBatch: true });
  const layer = layerOfAnswer(200, e, 'orchard.example');
  expect([layer ?? 'ok', e.code]).toEqual([one.layer ?? 'ok', one.code]);
  expect(e.batch?.failed ?? 0).toBe(one.says === 'error' ? 1 : 0);
});

/** Shapes as the vendors document them. */
describe('parts of a batch that failed', () => {
  it.each<[string, unknown, string, number?]>([
    [
      '_bulk, one throttled',
      { errors: true, items: [item(201), item(429, 'es_rejected_execution_exception')] },
      'throttling http.error_in_success es_rejected_execution_exception 1 2',
    ],
    [
      '_bulk, refused and unavailable',
      { errors: true, items: [item(400, 'mapper_parsing_exception'), item(503, 'unavailable_shards_exception')] },
      'service http.error_in_success unavailable_shards_exception 2 2',
    ],
    ['_bulk, good', { errors: false, items: [item(201), item(409, 'never_looked_at')] }, 'ok'],
    [
      'SQS',
      { Successful: [{ Id: 'a' }], Failed: [{ Id: 'b', Code: 'InternalError', SenderFault: false, Message: 'x' }] },
      'service http.error_in_success InternalError 1 2',
    ],
    ['SQS, good', { Successful: [{ Id: 'a' }], Failed: [] }, 'ok'],
    [
      'DynamoDB keys',
      { Responses: {}, UnprocessedKeys: { T: { Keys: [{ id: { S: '1' } }, { id: { S: '2' } }] } } },
      'throttling http.error_in_success  2 ',
    ],
    [
      'Kinesis',
      {
        FailedRecordCount: 1,
        Records: [
          { SequenceNumber: '1' },
          { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'Rate exceeded' },
        ],
      },
      'throttling http.error_in_success ProvisionedThroughputExceededException 1 2',
    ],
    [
      'Firehose',
      {
        FailedPutCount: 1,
        RequestResponses: [{ ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' }],
      },
      'service http.error_in_success ServiceUnavailableException 1 1',
    ],
    [
      'Graph $batch',
      {
        responses: [
          { id: '1', status: 200 },
          { id: '2', status: 403, body: { error: { code: 'Forbidden', message: 'No' } } },
        ],
      },
      'auth http.error_in_success Forbidden 1 2',
    ],
    [
      'BigQuery',
      {
        kind: 'bigquery#tableDataInsertAllResponse',
        insertErrors: [{ index: 0, errors: [{ reason: 'invalid', message: 'no such field' }] }],
      },
      'payload http.error_in_success invalid 1 ',
    ],
    [
      'Firestore',
      { writeResults: [{}, {}], status: [{}, { code: 8, message: 'Quota' }] },
      'throttling http.error_in_success 8 1 2',
    ],
    [
      'Expo',
      {
        data: [
          { status: 'ok', id: 't' },
          { status: 'error', message: 'gone', details: { error: 'DeviceNotRegistered' } },
        ],
      },
      'payload http.error_in_success DeviceNotRegistered 1 2',
    ],
    [
      'FCM',
      { multicast_id: 1, success: 1, failure: 1, results: [{ message_id: '1' }, { error: 'NotRegistered' }] },
      'payload http.error_in_success NotRegistered 1 2',
    ],
    ['FCM, good', { multicast_id: 1, success: 1, failure: 0, results: [{ message_id: '1' }] }, 'ok'],
    [
      '207 in JSON',
      { results: [{ status: 201 }, { status: 422, error: { code: 'BAD_ROW', message: 'x' } }] },
      'payload http.error_in_success BAD_ROW 1 2',
      207,
    ],
    ['207 in JSON, good', [{ status: 201 }, { status: 200 }], 'ok', 207],
    [
      'Facebook',
      [
        { code: 200, body: '{}' },
        { code: 400, body: '{"error":{"message":"No","type":"OAuthException","code":100}}' },
      ],
      'payload http.error_in_success 100 1 2',
    ],
    [
      'S3 DeleteResult',
      '<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error></DeleteResult>',
      'auth http.error_in_success AccessDenied 1 2',
    ],
    [
      'SQS in XML',
      '<SendMessageBatchResponse><SendMessageBatchResult><SendMessageBatchResultEntry><Id>a</Id></SendMessageBatchResultEntry><BatchResultErrorEntry><Id>b</Id><Code>InternalError</Code></BatchResultErrorEntry></SendMessageBatchResult></SendMessageBatchResponse>',
      'service http.error_in_success InternalError 1 2',
    ],
    [
      'WebDAV',
      '<d:multistatus xmlns:d="DAV:"><d:response><d:href>/a</d:href><d:status>HTTP/1.1 423 Locked</d:status></d:response><d:response><d:href>/b</d:href><d:status>HTTP/1.1 200 OK</d:status></d:response></d:multistatus>',
      'payload http.error_in_success  1 2',
      207,
    ],
    [
      'WebDAV properties that are not there',
      '<d:multistatus xmlns:d="DAV:"><d:response><d:href>/a</d:href><d:propstat><d:prop/><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response></d:multistatus>',
      'ok',
      207,
    ],
  ])('%s', (_name, body, expected, status) => expect(told(body, status)).toBe(expected));

  it('are not looked for where nobody asked for many things', () => {
    const jobs = [
      { id: 1, status: 'failed' },
      { id: 2, status: 'done' },
    ];
    for (const body of [{ data: jobs }, { items: [{ status: 500, url: '/a' }] }])
      expect(told(body, 200, false)).toBe('ok');
  });

  it('are not totalled where the body was cut', () => {
    const body = JSON.stringify({ errors: true, items: [item(429, 'a_b'), item(201)] });
    expect(extract({ ...answerOf(200, {}, body), isBatch: true, truncated: true })).toMatchObject({
      batch: { failed: 1, total: undefined },
      status: 429,
    });
  });
});
