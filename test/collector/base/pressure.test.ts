import { expect, it } from 'vitest';
import { type Memory, Pressure } from '../../../collector/base/pressure.ts';

const MIB = 1024 * 1024;
const plenty: Memory = { used: 0, heap: 0, heapLimit: 2000 * MIB, resident: 0, residentLimit: 512 * MIB };

it('refuses above its limit, short of V8’s and short of the kernel’s, and recovers below them', () => {
  let memory = plenty;
  const pressure = new Pressure(100, () => memory);
  const at = (now: Partial<Memory>): string | undefined => {
    memory = { ...plenty, ...now };
    pressure.look();
    return pressure.now();
  };
  try {
    expect(pressure.now()).toBeUndefined();
    for (const short of [{ used: 101 * MIB }, { heap: 1701 * MIB }, { resident: 436 * MIB }]) {
      expect(at(short), JSON.stringify(short)).toBe('memory is short');
      expect(at({})).toBeUndefined();
    }
    expect(at({ used: 99 * MIB, heap: 1699 * MIB, resident: 434 * MIB })).toBeUndefined();
    expect(at({ heap: 1e12, heapLimit: 0, resident: 1e12, residentLimit: 0 })).toBeUndefined();
  } finally {
    pressure.stop();
  }
});
