// An application whose own SDK exports over gRPC: one call fails, one is open when the process ends. ENDED=1 lets the SDK send what it has.
import { setTimeout as wait } from 'node:timers/promises';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { call } from './call.mjs';

const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()] });
sdk.start();
await call(`${process.env.TARGET}/fail`);
call(`${process.env.TARGET}/hang`);
await wait(700);
if (process.env.ENDED) await sdk.shutdown();
process.exit(0);
