import type { AttributeList } from '../span/list.ts';

/** `SpanStatusCode.ERROR`. */
export const STATUS_ERROR = 2;

/** The status of a failed call's span; its description is the line a person would paste. */
export function failedStatus(list: AttributeList): { code: number; message?: string } {
  const detail = list.get('api.failure.detail');
  return typeof detail === 'string' ? { code: STATUS_ERROR, message: detail } : { code: STATUS_ERROR };
}
