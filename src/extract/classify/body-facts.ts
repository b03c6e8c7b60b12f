import { rememberingLast } from '../../memo.ts';
import type { Provider } from '../../providers/tables.ts';
import type { Body } from '../parse/body.ts';
import { codeOf } from '../read/code-test.ts';
import { codeOfJson, nestedReader, subcodeOfJson } from '../read/json-code.ts';
import { messageOfJson, titleOf } from '../read/message.ts';
import { idInJson, idOf, ownIdInJson } from '../read/request-id.ts';
import { codeOfXml, messageOfXml, requestIdOfXml } from '../read/xml-code.ts';
import type { Batch } from './batch.ts';
import { batchOf } from './batch.ts';

/** ClickHouse and others that answer in text: `Code: 60. DB::Exception: …` at the start of a line. */
const TEXT_CODE = /(?:^|\n)Code: (\d{1,6})\./;

/** What a body says by itself, whatever the headers say. Every question is answered once, for as long as it is asked the same. */
export class BodyFacts {
  readonly body: Body;

  constructor(body: Body) {
    this.body = body;
  }

  /** The failed parts of a 2xx that answers many requests, and what the worst of them says. */
  readonly batch = rememberingLast((status: number): (Batch & { readonly part: BodyFacts }) | undefined => {
    const batch = batchOf(this.body, status);
    return batch && { ...batch, part: new BodyFacts(batch.worst) };
  });

  readonly code = rememberingLast((status: number, provider: Provider | undefined): string | undefined => {
    const { body } = this;
    if (body.kind === 'json') return codeOfJson(body.reader, status, provider);
    if (body.kind === 'xml') return codeOfXml(body.elements, status);
    return body.kind === 'text' ? codeOf(TEXT_CODE.exec(body.text)?.[1], { status }) : undefined;
  });

  readonly subcode = rememberingLast(
    (first: string, status: number, provider: Provider | undefined): string | undefined =>
      this.body.kind === 'json' ? subcodeOfJson(this.body.reader, first, status, provider) : undefined,
  );

  /** In words; raw. Text is itself the message, unless a header has a better one. */
  readonly message = rememberingLast((code: string | undefined): string | undefined => {
    const { body } = this;
    if (body.kind === 'json') return messageOfJson(nestedReader(body.reader) ?? body.reader, code);
    if (body.kind === 'xml') return messageOfXml(body.elements);
    return body.kind === 'html' ? titleOf(body.text) : undefined;
  });

  /** The request ID where the provider itself puts it. */
  readonly ownId = rememberingLast((provider: Provider | undefined): string | undefined =>
    this.body.kind === 'json' ? ownIdInJson(this.body.reader, provider) : undefined,
  );

  /** The request ID by the names it usually has. */
  readonly id = rememberingLast((code: string | undefined): string | undefined => {
    const { body } = this;
    if (body.kind === 'json') return idInJson(body.reader, code);
    return body.kind === 'xml' ? idOf(requestIdOfXml(body.elements)) : undefined;
  });
}
