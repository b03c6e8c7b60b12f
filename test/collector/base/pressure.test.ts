import { expect, it } from 'vitest';
import { Pressure } from '../../../collector/base/pressure.ts';

it('refuses above the limit and recovers below it', () => {
  let used = 0;
  const pressure = new Pressure(100, () => used);
  try {
    expect(pressure.now()).toBeUndefined();
    used = 101 * 1024 * 1024;
    pressure.look();
    expect(pressure.now()).toBe('memory is short');
    used = 99 * 1024 * 1024;
    pressure.look();
    expect(pressure.now()).toBeUndefined();
  } finally {
    pressure.stop();
  }
});
