import { start } from './start.ts';

try {
  start();
} catch (error) {
  // fail open: the application starts, whatever happened here
  process.stderr.write(`faultlayer: not started: ${(error as Error)?.message}\n`);
}
