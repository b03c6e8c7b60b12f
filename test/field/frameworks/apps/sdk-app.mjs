import { inSpan, stop } from './sdk.cjs';

const { calls, stay } = await import('./calls.cjs');
await inSpan('job', async () => console.log(await calls()));
await stay();
await stop();
