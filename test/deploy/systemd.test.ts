import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const unit = 'faultlayer-collector.service';
const text = readFileSync(join(import.meta.dirname, '../../deploy/systemd', unit), 'utf8');
const isHere = spawnSync('systemd-analyze', ['--version']).status === 0;
if (!isHere) console.warn('skipped: systemd-analyze is not here');

/** What systemd-analyze says of a unit that runs a program of this machine. */
function analyze(unitText: string, ...args: string[]): { status: number | null; said: string } {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-unit-'));
  try {
    writeFileSync(join(folder, unit), unitText.replace('/usr/local/bin/faultlayer collector', process.execPath));
    const { status, stdout, stderr } = spawnSync('systemd-analyze', [...args, join(folder, unit)], {
      encoding: 'utf8',
    });
    return { status, said: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it.skipIf(!isHere)('the systemd unit is sound', () => {
  expect(analyze(text, 'verify', '--man=no').said).not.toMatch(unit);
  expect(analyze(text.replace('ProtectProc=', 'ProtectPork='), 'verify', '--man=no').said).toMatch(/ProtectPork/);
});

it.skipIf(!isHere)('the systemd unit is hardened: of an exposure of ten it has under two', () => {
  const security = (of: string) => analyze(of, 'security', '--offline=true', '--threshold=20', '--no-pager');
  const { status, said } = security(text);
  expect([status, said.split('\n').findLast((line) => line.includes('exposure'))]).toEqual([0, expect.any(String)]);
  expect(security(text.replaceAll(/^(?:CapabilityBoundingSet|SystemCallFilter)=.*\n/gm, '')).status).not.toBe(0);
});
