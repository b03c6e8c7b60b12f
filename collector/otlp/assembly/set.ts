import {
  ADDRESS,
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
import { BODY, RESOURCE, STATUSES } from './layout';
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

/**
 * Keeps the value read last for the rows of the resource: its service's name, or in a second reading the rest, which is charged to the service.
 */
export function setResource(field: usize, service: bool): void {
  if (type !== STRING) return;
  const column = targetOf(field);
  if ((column === SERVICE) !== service) return;
  const at = RESOURCE + (column === SERVICE ? 0 : column === VERSION ? 4 : 8);
  if (kindOf(field) === KIND_LABEL || load<u32>(at) === 0) store<u32>(at, intern(column, start, end));
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
