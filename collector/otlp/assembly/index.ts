export { decodeJson } from './json/request';
export { BODY, COUNTS, JSON_NAMES, RESOURCE, RESOURCE_KEYS, ROWS_INTS, ROWS_NUMBERS, SPAN_KEYS, setUp } from './layout';
export { decodeProtobuf } from './protobuf/request';
export { addColumn, addKey, forget } from './tables';
