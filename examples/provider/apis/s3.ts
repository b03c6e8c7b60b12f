import { type Answer, type Api, random, UPPER } from '../api.ts';

/** Amazon S3: XML errors with `Code` and `RequestId`, `x-amz-request-id` on every answer. */
const xml = (status: number, id: string, code: string, message: string): Answer => ({
  status,
  headers: { 'content-type': 'application/xml', 'x-amz-request-id': id, 'x-amz-id-2': random(56, UPPER) },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>${id}</RequestId></Error>`,
});

export const s3: Api = {
  name: 'aws',
  host: 's3.eu-central-1.amazonaws.test',
  keepAlive: true,
  requestId: () => random(16, UPPER),
  accepts: (ask) => ask.header('authorization')?.includes('Credential=AKIAEXAMPLE/') === true,
  ok: (_ask, id) => ({
    status: 200,
    headers: {
      'content-type': 'text/csv',
      'x-amz-request-id': id,
      'x-amz-id-2': random(56, UPPER),
      etag: '"9b2cf535f27731c974343645a3985328"',
      'last-modified': 'Sat, 01 Aug 2026 00:00:00 GMT',
    },
    body: 'order,amount\n7781,2400\n'.repeat(600),
  }),
  unauthorized: (_ask, id) =>
    xml(403, id, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.'),
  throttled: (_ask, id) => xml(503, id, 'SlowDown', 'Please reduce your request rate.'),
  outage: (_ask, id) => xml(503, id, 'ServiceUnavailable', 'Service is unable to handle request.'),
};
