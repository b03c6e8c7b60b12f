/** What an AnyValue holds, of the kinds a metric can use. */
export const OTHER: u32 = 0;
export const STRING: u32 = 1;
export const BOOL: u32 = 2;
export const INT: u32 = 3;
export const DOUBLE: u32 = 4;

/** The AnyValue that was read last: where a string's bytes stand, or a number. */
export let type: u32 = OTHER;
export let start: usize = 0;
export let end: usize = 0;
export let number: f64 = 0;

export function noValue(): void {
  type = OTHER;
}

export function stringValue(from: usize, to: usize): void {
  type = STRING;
  start = from;
  end = to;
}

export function numberValue(kind: u32, value: f64): void {
  type = kind;
  number = value;
}
