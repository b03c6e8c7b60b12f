// Starts from code.
import { start } from 'faultlayer/instrumentation';

start();
await import('./calls.mjs');
