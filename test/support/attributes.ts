import { describe } from '../../instrumentation/attributes/index.ts';
import type { Call } from '../../instrumentation/capture/index.ts';

import { originOf, Target } from '../../instrumentation/capture/target.ts';
import type { Outcome } from '../../instrumentation/judge/index.ts';
import { AttributeList } from '../../instrumentation/span/list.ts';
import type { Attributes, AttributeValue } from '../../instrumentation/span/record.ts';
import { loadConfig } from '../../src/config.ts';
import type { AttributeName } from '../../src/contract/index.ts';

export type CallAttributes = Partial<Record<AttributeName, AttributeValue>>;

export const targetFor = (url: string): Target => new Target(originOf(url), url);

const DEFAULTS = loadConfig({}).config;
/** A call's attributes as an object. */
export function attributesOf(call: Call, outcome: Outcome, config = DEFAULTS): CallAttributes {
  const list = new AttributeList();
  describe(list, call, outcome, config);
  return list.toObject() as CallAttributes;
}

export function listOf(attributes: Attributes): AttributeList {
  const list = new AttributeList();
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined) list.set(name as AttributeName, value);
  return list;
}
