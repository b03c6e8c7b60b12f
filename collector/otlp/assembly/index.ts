export { decodeJson } from './json/request';
export { BODY, JSON_NAMES, RESOURCE, RESOURCE_KEYS, ROWS_INTS, ROWS_NUMBERS, SPAN_KEYS, setUp } from './layout';
export { decodeProtobuf } from './protobuf/request';
export { ignored, invalidIds, rows, spans, tooMany } from './rows';
export { addColumn, addKey, forget } from './tables';
