import { expect, it } from 'vitest';
import { createLog } from '../../../instrumentation/base/log.ts';

const logged = (level?: string) => {
  const lines: string[] = [];
  return { lines, log: createLog(level, (line) => lines.push(line)) };
};
const raise = (message: string): Error => new TypeError(message);

it('writes a fault of ours once per kind, with its stack and without secrets', () => {
  const { lines, log } = logged();
  for (let i = 0; i < 3; i++)
    log.fault('socket.end', raise(`bad https://api.example.com/?api_key=sk_live_51abcdefghijklmnop ${i}`));
  log.fault('socket.close', raise('other place'));
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^faultlayer: a fault of ours in socket\.end, the application goes on: TypeError: bad /);
  expect(lines[0]).toMatch(/\n {4}at raise \(.*log\.test\.ts:\d+:\d+\)\n/);
  expect(lines[0]).not.toContain('sk_live');
});

it('writes each of them while debugging, none below ERROR, ten a minute at most', () => {
  const debug = logged('debug');
  for (let i = 0; i < 25; i++) debug.log.fault('sweep', raise('again'));
  expect(debug.lines).toHaveLength(10);
  const none = logged('none');
  none.log.fault('sweep', raise('again'));
  expect(none.lines).toEqual([]);
  const many = logged();
  for (let i = 0; i < 25; i++) many.log.fault(`place ${i}`, raise('again'));
  expect(many.lines).toHaveLength(10);
});
