import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { GoogleGenAI } from '@google/genai';
import { streamText } from 'ai';
import OpenAI from 'openai';

const { ONE, TWO } = process.env;
const at = (name, host = ONE) => `http://${host}/streams/${encodeURIComponent(name)}`;
const all = async (stream) => {
  for await (const _ of await stream);
};
/** Name, and what the application sees of it. */
const tried = async (name, call) => {
  const raised = await call().then(
    () => 'good',
    (error) => error.code ?? error.name,
  );
  console.log(`${name}: ${raised === 'good' ? raised : 'raised'}`);
};
const messages = [{ role: 'user', content: 'hello' }];

for (const name of ['chat: error in the middle', 'chat: good, quoting', 'openrouter: error with a reason']) {
  const openai = new OpenAI({ baseURL: at(name), apiKey: 'k', maxRetries: 0 });
  await tried(`openai ${name}`, () => all(openai.chat.completions.create({ model: 'm', messages, stream: true })));
}
for (const name of ['responses: failed alone, 30 KB', 'responses: error and failed', 'responses: completed, 30 KB']) {
  const openai = new OpenAI({ baseURL: at(name), apiKey: 'k', maxRetries: 0 });
  await tried(`openai ${name}`, () => all(openai.responses.create({ model: 'm', input: 'hello', stream: true })));
}
for (const name of [
  'anthropic: overloaded in the middle',
  'anthropic: good, quoting',
  'anthropic: cut in good order',
]) {
  const anthropic = new Anthropic({ baseURL: at(name), apiKey: 'k', maxRetries: 0 });
  await tried(`anthropic ${name}`, () =>
    all(anthropic.messages.create({ model: 'm', max_tokens: 9, messages, stream: true })),
  );
}
for (const name of ['chat: error after 72 KB', 'chat: good']) {
  const model = createOpenAI({ baseURL: at(name), apiKey: 'k' }).chat('m');
  await tried(`ai ${name}`, () => all(streamText({ model, prompt: 'hello', maxRetries: 0, onError() {} }).textStream));
}
for (const name of ['gemini: error', 'gemini: good with CRLF']) {
  const genai = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: at(name) } });
  await tried(`genai ${name}`, () => all(genai.models.generateContentStream({ model: 'm', contents: 'hello' })));
}
for (const name of ['bedrock: throttled', 'bedrock: good, quoting']) {
  const bedrock = new BedrockRuntimeClient({
    endpoint: at(name, TWO),
    region: 'eu-west-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
  });
  await tried(`bedrock ${name}`, async () => {
    const { stream } = await bedrock.send(new ConverseStreamCommand({ modelId: 'm', messages: [] }));
    await all(stream);
  });
  bedrock.destroy();
}
