import { PHRASES } from '../layout';

/** Text as every serializer of OTLP/JSON writes it, to be compared with, eight bytes and more at once. */
export const KEY: usize = PHRASES;
export const VALUE: usize = PHRASES + 16;
export const STRING_VALUE: usize = PHRASES + 32;
export const INT_VALUE: usize = PHRASES + 48;
export const DOUBLE_VALUE: usize = PHRASES + 64;
export const BOOL_VALUE: usize = PHRASES + 80;
export const TRUE: usize = PHRASES + 96;
export const FALSE: usize = PHRASES + 104;
export const NULL: usize = PHRASES + 112;

export function phrases(): void {
  write(KEY, '{"key":"');
  write(VALUE, '","value":{');
  write(STRING_VALUE, '"stringValue":"');
  write(INT_VALUE, '"intValue":');
  write(DOUBLE_VALUE, '"doubleValue":');
  write(BOOL_VALUE, '"boolValue":');
  write(TRUE, 'true');
  write(FALSE, 'false');
  write(NULL, 'null');
}

function write(at: usize, text: string): void {
  for (let i = 0; i < text.length; i++) store<u8>(at + i, <u8>text.charCodeAt(i));
}

/** Whether a phrase of eight to sixteen bytes stands at `p`. */
export function stands(p: usize, phrase: usize, length: usize): bool {
  const last = length - 8;
  return load<u64>(p) === load<u64>(phrase) && load<u64>(p + last) === load<u64>(phrase + last);
}

/** Whether a phrase of four to eight bytes stands at `p`. */
export function standsShort(p: usize, phrase: usize, length: usize): bool {
  const last = length - 4;
  return load<u32>(p) === load<u32>(phrase) && load<u32>(p + last) === load<u32>(phrase + last);
}
