import { powers } from './layout';
import { messages } from './protobuf/request';

export { decodeJson } from './json/request';
export {
  BODY,
  JSON_NAMES,
  KEY_BYTES,
  KEY_BYTES_END,
  KEY_FIELDS,
  RESOURCE,
  RESOURCE_KEYS,
  ROWS_INTS,
  ROWS_NUMBERS,
  SPAN_KEYS,
  setUp,
} from './layout';
export { decodeProtobuf } from './protobuf/request';
export { ignored, invalidIds, rows, spans, tooMany } from './rows';
export { addColumn, forget } from './spellings';

messages();
powers();
