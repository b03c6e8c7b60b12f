import { firstOf } from '../../lists.ts';
import { attributeOf, type Element } from '../parse/xml.ts';
import { codeOf, isScreaming } from './code-test.ts';

const CODE_NAMES = new Set(
  'code errorcode errcode faultcode errorid errornumber returncode resultcode statuscode'.split(' '),
);
const ERROR_NAMES = new Set(['error', 'err', 'fault', 'exception', 'failure', 'serviceexception', 'message', 'status']);
const withoutPrefix = (text: string): string => text.slice(text.lastIndexOf(':') + 1);

/** SOAP 1.1 §4.4 and 1.2 §5.4: the innermost subcode, the fault code unless it only names the side at fault, or a code in the detail, or its type. */
function soapCode(elements: readonly Element[], status: number): string | undefined {
  const values = elements.filter((e) => e.name === 'value' && (e.parent === 'subcode' || e.parent === 'code'));
  const fault = elements.find((e) => e.name === 'faultcode') ?? [];
  const from = elements.findIndex((e) => e.name === 'detail');
  const detail = from < 0 ? [] : elements.slice(from);
  // a fault type of its own has a name of several words
  const type = detail.find((e) => e.parent === 'detail')?.written ?? '';
  return (
    firstOf(values.reverse().concat(fault), ({ text }) =>
      text.length > 256 ? undefined : codeOf(withoutPrefix(text), { status, named: true }),
    ) ??
    firstOf(detail, (e) => (CODE_NAMES.has(e.name) ? codeOf(e.text, { status, named: true }) : undefined)) ??
    (/[a-z][A-Z]|[a-z\d]_[a-z\d]/.test(type) ? codeOf(type, { status }) : undefined)
  );
}

/** The code of an XML document. */
export function codeOfXml(elements: readonly Element[], status: number): string | undefined {
  const isSoap = elements.some((e) => e.name === 'fault') && elements[0]?.name === 'envelope';
  if (isSoap) return soapCode(elements, status);
  const code =
    firstOf(elements, ({ name, text }) =>
      CODE_NAMES.has(name) ? codeOf(text, { status, named: true, statusKey: name === 'statuscode' }) : undefined,
    ) ??
    firstOf(elements, (e) =>
      firstOf(ERROR_NAMES.has(e.name) ? ['code', 'errorcode', 'id', 'type'] : [], (name) =>
        codeOf(attributeOf(e, name), { status, named: name !== 'type' }),
      ),
    );
  if (code !== undefined) return code;
  // a vendor's own name for the element: only a word that can be nothing else, because countries and currencies have codes, too
  const own = FAILED_ROOT.test(elements[0]?.name ?? '')
    ? elements.find((e) => e.name.endsWith('code') && isScreaming(e.text))
    : undefined;
  if (own) return own.text;
  // application/problem+xml, RFC 7807 appendix A.
  const type = elements[0]?.name === 'problem' ? elements.find((e) => e.name === 'type')?.text : undefined;
  return type !== undefined && /^(?:https?:\/\/|urn:)[^\s?@<>"]{1,120}$/.test(type) ? type : undefined;
}

/** A document's own name for a failure: `ErrorResponse`, `ShipmentValidateErrorResponse`, `ServiceExceptionReport`. */
const FAILED_ROOT = /(?:errors?|fault|exception)(?:response|report|message)?$/;

/** Does the document itself say failed, whatever the status? */
export function failedXml(elements: readonly Element[]): boolean {
  const root = elements[0];
  if (root === undefined) return false;
  if (FAILED_ROOT.test(root.name) || attributeOf(root, 'stat') === 'fail') return true;
  return root.name === 'envelope' && elements.some((e) => e.name === 'fault' && e.parent === 'body');
}

const pick = (elements: readonly Element[], names: string): string | undefined =>
  firstOf(names.split(' '), (name) => elements.find((e) => e.name === name && e.text !== ''))?.text;

export const messageOfXml = (elements: readonly Element[]): string | undefined =>
  pick(elements, 'faultstring message errormessage detail text description title reason msg') ??
  firstOf(elements, (e) =>
    ERROR_NAMES.has(e.name) ? firstOf(['msg', 'message', 'shorttext', 'text'], (of) => attributeOf(e, of)) : undefined,
  ) ??
  // whatever it is called, a sentence
  elements.find(({ text }) => /^[A-Z][^<]* [^<]* /.test(text))?.text;

export const requestIdOfXml = (elements: readonly Element[]): string | undefined =>
  pick(elements, 'requestid requestuuid correlationid traceid transactionid');
