import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backfill } from './backfill.ts';

const dir = mkdtempSync(join(tmpdir(), 'fl-dash-'));
const t = performance.now();
const end = Math.floor(Date.now() / 15000) * 15000;
await backfill(dir, end);
console.log(dir, performance.now() - t, statSync(join(dir, 'story.om')).size);
