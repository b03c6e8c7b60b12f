export { redactBody } from './body/index.ts';
export { requestHeaders, safeHeaders } from './headers.ts';
export { useOwnRules } from './own-rules.ts';
export { explained, type Reason } from './range.ts';
export { isSecretWord, redactDetail, redactText } from './text.ts';
export { REDACTED, redactPath, redactQuery, redactUrl } from './url.ts';
