import { attributeOf, type Element } from '../parse/xml.ts';
import { codeOf } from './code-test.ts';

const CODE_NAMES = new Set(
  'code errorcode errcode faultcode errorid errornumber returncode resultcode statuscode'.split(' '),
);
const ERROR_NAMES = new Set(['error', 'err', 'fault', 'exception', 'failure', 'serviceexception', 'message', 'status']);
const withoutPrefix = (text: string): string => text.slice(text.lastIndexOf(':') + 1);

/** SOAP 1.1 §4.4 and 1.2 §5.4: the innermost subcode, the fault code unless it only names the side at fault, or a code in the detail, or its type. */
function soapCode(elements: readonly Element[], status: number): string | undefined {
  const values = elements.filter((e) => e.name === 'value' && (e.parent === 'subcode' || e.parent === 'code'));
  const fault = elements.find((e) => e.name === 'faultcode');
  const candidates = [...values.reverse().map((e) => e.text), fault?.text];
  for (const text of candidates) {
    const found =
      text === undefined || text.length > 256 ? undefined : codeOf(withoutPrefix(text), { status, named: true });
    if (found !== undefined) return found;
  }
  const from = elements.findIndex((e) => e.name === 'detail');
  for (const e of from < 0 ? [] : elements.slice(from)) {
    const found = CODE_NAMES.has(e.name) ? codeOf(e.text, { status, named: true }) : undefined;
    if (found !== undefined) return found;
  }
  // a fault type of its own has a name of several words
  const type = elements.find((e) => e.parent === 'detail')?.written ?? '';
  return /[a-z][A-Z]|[a-z\d]_[a-z\d]/.test(type) ? codeOf(type, { status }) : undefined;
}

/** The code of an XML document. */
export function codeOfXml(elements: readonly Element[], status: number): string | undefined {
  const isSoap = elements.some((e) => e.name === 'fault') && elements[0]?.name === 'envelope';
  if (isSoap) return soapCode(elements, status);
  for (const e of elements) {
    if (!CODE_NAMES.has(e.name)) continue;
    const found = codeOf(e.text, { status, named: true, statusKey: e.name === 'statuscode' });
    if (found !== undefined) return found;
  }
  for (const e of elements) {
    if (!ERROR_NAMES.has(e.name)) continue;
    for (const name of ['code', 'errorcode', 'id', 'type']) {
      const found = codeOf(attributeOf(e, name), { status, named: name !== 'type' });
      if (found !== undefined) return found;
    }
  }
  // application/problem+xml, RFC 7807 appendix A.
  const type = elements[0]?.name === 'problem' ? elements.find((e) => e.name === 'type')?.text : undefined;
  return type !== undefined && /^(?:https?:\/\/|urn:)[^\s?@<>"]{1,120}$/.test(type) ? type : undefined;
}

const FAILED_ROOTS = new Set(['error', 'errors', 'errorresponse', 'fault', 'exception', 'serviceexceptionreport']);

/** Does the document itself say failed, whatever the status? */
export function failedXml(elements: readonly Element[]): boolean {
  const root = elements[0];
  if (root === undefined) return false;
  if (FAILED_ROOTS.has(root.name) || attributeOf(root, 'stat') === 'fail') return true;
  return root.name === 'envelope' && elements.some((e) => e.name === 'fault' && e.parent === 'body');
}

const pick = (elements: readonly Element[], names: string): string | undefined => {
  for (const name of names.split(' ')) {
    const found = elements.find((e) => e.name === name && e.text !== '');
    if (found !== undefined) return found.text;
  }
  return undefined;
};

export const messageOfXml = (elements: readonly Element[]): string | undefined =>
  pick(elements, 'faultstring message errormessage detail text description title reason msg') ??
  elements
    .map((e) => (ERROR_NAMES.has(e.name) ? (attributeOf(e, 'msg') ?? attributeOf(e, 'message')) : undefined))
    .find(Boolean);

export const requestIdOfXml = (elements: readonly Element[]): string | undefined =>
  pick(elements, 'requestid requestuuid correlationid traceid transactionid');
