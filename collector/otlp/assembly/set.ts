import {
  ADDRESS,
  ENVIRONMENT,
  KIND_ALIAS,
  KIND_FLAG,
  KIND_LABEL,
  KIND_NUMBER,
  KIND_PRESENT,
  OVERFLOW_ID,
  REF_REQUEST_ID,
  REF_REQUEST_ID_END,
  SERVICE,
  STATUS,
  VERSION,
} from './generated/contract';
import { lostHost, status } from './host';
import { kindOf, targetOf } from './keys';
import { BODY, RESOURCE, RESOURCE_VALUES, STATUSES } from './layout';
import { getInt, rows, setInt, setNumber } from './rows';
import { intern } from './spellings';
import { BOOL, DOUBLE, end, INT, number, STRING, start, type } from './value';

/** Writes the value read last into the row, as its field says. */
export function setField(field: usize): void {
  const target = targetOf(field);
  switch (kindOf(field)) {
    case KIND_LABEL:
      label(target);
      break;
    case KIND_NUMBER:
      if (type === INT || type === DOUBLE) setNumber(target, number);
      break;
    case KIND_ALIAS:
      if (getInt(target) === 0) label(target);
      break;
    case KIND_FLAG:
      if (type === BOOL) setNumber(target, number);
      break;
    case KIND_PRESENT:
      if (type === STRING && end > start) setNumber(target, 1);
      break;
    default:
      if (type !== STRING) break;
      setInt(REF_REQUEST_ID, <u32>(start - BODY));
      setInt(REF_REQUEST_ID_END, <u32>(end - BODY));
  }
}

/** Where the resource's values stand until all of it was read: from and to of service, version, environment, and the environment's former name. */
const KEPT: usize = 4 * 8;

export function beginResource(): void {
  memory.fill(RESOURCE_VALUES, 0, KEPT);
}

/** Keeps where the value read last stands. */
export function keepResource(field: usize): void {
  if (type !== STRING) return;
  const column = targetOf(field);
  const slot: usize = kindOf(field) === KIND_ALIAS ? 3 : column === SERVICE ? 0 : column === VERSION ? 1 : 2;
  store<u32>(RESOURCE_VALUES + (slot << 3), <u32>start);
  store<u32>(RESOURCE_VALUES + (slot << 3), <u32>end, 4);
}

/** Makes the ids of the resource's rows: its service's first, which the others are charged to. */
export function endResource(): void {
  internKept(SERVICE, 0, 0);
  internKept(VERSION, 1, 1);
  internKept(ENVIRONMENT, load<u32>(RESOURCE_VALUES, 16) !== 0 ? 2 : 3, 2);
}

function internKept(column: u32, slot: usize, to: usize): void {
  const from = RESOURCE_VALUES + (slot << 3);
  if (load<u32>(from) !== 0) store<u32>(RESOURCE + (to << 2), intern(column, load<u32>(from), load<u32>(from, 4)));
}

function label(column: u32): void {
  if (type === STRING) {
    const id = intern(column, start, end);
    setInt(column, id);
    if (id === OVERFLOW_ID && column === ADDRESS) lostHost(rows, start - BODY, end - BODY);
  } else if (type === INT && column === STATUS) setInt(column, statusId(number));
}

function statusId(code: f64): u32 {
  if (!(code >= 100 && code < 1000)) return status(code);
  const at = STATUSES + ((<usize>code) << 2);
  let id = load<u32>(at);
  if (id === 0) {
    id = status(code);
    // What found no room among the labels may find it later.
    if (id !== OVERFLOW_ID) store<u32>(at, id);
  }
  return id;
}
