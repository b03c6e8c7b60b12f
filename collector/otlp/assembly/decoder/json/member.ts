import { find, kindOf } from '../keys';
import { NAMES } from '../layout';
import { after, COLON, plainEnd, QUOTE } from './text';

/** A member name that nobody reads. */
export const OTHER: u32 = 0xffff;

/** Where the value of the member that was read last begins. */
export let value: usize = 0;

/** Reads a member's name and colon; returns its number (JSON_… in the contract). */
export function member(p: usize): u32 {
  const name = after(p, QUOTE);
  const end = plainEnd(name);
  value = after(end + 1, COLON);
  const field = find(NAMES, name, end - name);
  return field === 0 ? OTHER : kindOf(field);
}
