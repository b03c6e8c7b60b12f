import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Job } from '../job.ts';

export const readExport = (port: number): Job => {
  const s3 = new S3Client({
    region: 'eu-central-1',
    endpoint: `https://s3.eu-central-1.amazonaws.test:${port}`,
    forcePathStyle: true,
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' },
  });
  return async (n) => {
    const answer = await s3.send(new GetObjectCommand({ Bucket: 'exports', Key: `orders/${n}.csv` }));
    await answer.Body!.transformToString();
  };
};
