import type { Config } from '../../src/config.ts';
import type { Evidence } from '../../src/extract/index.ts';
import { Block } from '../span/block.ts';

type Words = { readonly [K in 'code' | 'subcode' | 'message' | 'retryAfter']?: Evidence[K] | undefined };

/** What a failing answer said of the failure; the next of its kind says the same, as a rule. */
export class ProviderWords extends Block {
  private readonly words: Words;

  constructor(words: Words, config: Config) {
    super();
    this.words = words;
    const { code, subcode, message, retryAfter } = words;
    if (code !== undefined) this.set('api.provider.code', code);
    if (subcode !== undefined) this.set('api.provider.subcode', subcode);
    if (message !== undefined && config.providerMessages) this.set('api.provider.message', message);
    if (retryAfter !== undefined) this.set('api.retry.after', retryAfter);
  }

  fits({ code, subcode, message, retryAfter }: Words): boolean {
    const { words } = this;
    return (
      words.code === code && words.subcode === subcode && words.message === message && words.retryAfter === retryAfter
    );
  }
}
