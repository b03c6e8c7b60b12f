import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactBody } from '../../../src/redact/index.ts';

describe('a captured body', () => {
  it('keeps every field of a form, and the values that hide nothing', () => {
    const form = 'amount=4200&currency=eur&customer=cus_9s6XKzkNRiz8i3&metadata[note]=see+me&empty=&items%5Ba%5D=1';
    expect(redactBody(form, 'request')).toBe(form);
    expect(
      redactBody(
        'a=1&password=hunter2&note=mail+lee%40orchard.example&x=sk_live_4eC39HqLyjWDarjtT1zdp7dc&bad=%zz&ghp_16C7e42F292c6912E7710c838347Ae178B4a=1',
        'request',
      ),
    ).toBe('a=1&password=[secret]&note=[secret]&x=[secret]&bad=[secret]&[secret]=[secret]');
  });

  it('leaves JSON that hides nothing as it was sent, and nothing else', () => {
    for (const body of [
      '{\n  "id": 12345678901234567890,\n  "price": 1.50,\n  "text": "line\\nbreak \\u00e9"\n}',
      '[1, 2.0, -0, true, null, "a"]',
      '{"text":"two\\n\\nlines"}',
    ])
      expect(redactBody(body, 'request')).toBe(body);
    // JSON.parse keeps the last of two; what the first one held must not come back with the text
    const twice = '{"note":"sk_live_4eC39HqLyjWDarjtT1zdp7dc","note":"x"}';
    expect(redactBody(twice, 'request')).toBe('{"note":"x"}');
    const nested = '{"a":{"password":"hunter2"},"a":{"b":1}}';
    expect(redactBody(nested, 'request')).toBe('{"a":{"b":1}}');
    expect(redactBody('{"n": 4242424242424242, "sk_live_4eC39HqLyjWDarjtT1zdp7dc": 1}', 'request')).toBe(
      '{"n":"[card]","[secret]":1}',
    );
  });

  it('stays as it was sent where it holds nothing, and hides what stands under a name twice', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(() => JSON.parse(redactBody(`[${json}]`, 'response'))).not.toThrow();
      }),
      { numRuns: 200, seed: 3 },
    );
    const text = '{ "n": 12345678901234567890, "m": 1.0,\n "list": [1, 2] }';
    expect(redactBody(text, 'request')).toBe(text);
    for (const twice of [
      '{"a":"ghp_16C7e42F292c6912E7710c838347Ae178B4a","a":1}',
      '{"__proto__":"hunter2","__proto__":2}',
    ])
      expect(redactBody(twice, 'request')).not.toMatch(/ghp_|hunter2/);
  });

  it('shows how many tokens a model was asked for, and hides the tokens that open doors', () => {
    const body = {
      max_tokens: 100,
      maxOutputTokens: 5,
      usage: { prompt_tokens: 7, prompt_tokens_details: { cached_tokens: 1, access_token: 'hunter2' } },
      tokens: ['hunter2'],
      access_tokens: 'hunter2',
      token: 123456,
      pin: 1234,
    };
    expect(JSON.parse(redactBody(JSON.stringify(body), 'request'))).toEqual({
      max_tokens: 100,
      maxOutputTokens: 5,
      usage: { prompt_tokens: 7, prompt_tokens_details: { cached_tokens: 1, access_token: '[secret]' } },
      tokens: ['[secret]'],
      access_tokens: '[secret]',
      token: '[secret]',
      pin: '[secret]',
    });
  });
});
