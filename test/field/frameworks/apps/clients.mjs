// SDKs that trace themselves through the OpenTelemetry API, with retries of their own.
const sdk = process.env.TRACED === 'yes' ? (await import('./sdk.cjs')).default : undefined;
const { default: Anthropic } = await import('@anthropic-ai/sdk');
const { default: OpenAI } = await import('openai');
const { Client } = await import('@elastic/elasticsearch');
const { stay } = (await import('./calls.cjs')).default;
const url = process.env.URL;

const anthropic = new Anthropic({ apiKey: 'x', baseURL: `${url}/anthropic`, maxRetries: 1 });
const openai = new OpenAI({ apiKey: 'x', baseURL: `${url}/openai`, maxRetries: 1 });
const elastic = new Client({ node: `${url}/elastic`, maxRetries: 1, sniffOnStart: false });
const work = {
  anthropic: () =>
    anthropic.messages.create({ model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'hi' }] }),
  openai: () => openai.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }),
  elastic: () => elastic.search({ index: 'i', query: { match_all: {} } }),
};
const inSpan = sdk?.inSpan ?? ((_name, fn) => fn());
for (const [name, call] of Object.entries(work))
  await inSpan(name, () =>
    call().then(
      () => console.log(name, 'ok'),
      (error) => console.log(name, error.status ?? error.statusCode ?? error.name),
    ),
  );
await stay();
await sdk?.stop();
