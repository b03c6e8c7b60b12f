export { isSafeHeader, safeHeaders } from './headers.ts';
export { isSecretKey } from './keys.ts';
export { redactPath } from './path.ts';
export { requestHeaders } from './request-headers.ts';
export { isSecretWord, redactText } from './text.ts';
export { REDACTED, redactQuery, redactUrl } from './url.ts';
