export { redactBody } from '../redact/index.ts';
