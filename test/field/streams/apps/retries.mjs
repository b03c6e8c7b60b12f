// The AI SDK in a script: each attempt is made by a helper that waits first, so no flow leads from one to the next. Then a chat that goes on: two
// calls of one URL, the first of which failed, are two calls.
import { createOpenAI } from '@ai-sdk/openai';
import { generateText } from 'ai';

const model = (name) => createOpenAI({ baseURL: `http://${process.env.ONE}/${name}`, apiKey: 'k' }).chat('m');
const said = async (name, prompt, maxRetries) => {
  const { text } = await generateText({ model: model(name), prompt, maxRetries });
  return text;
};

console.log(await said('flaky/2', 'hello', 2));
const turns = await Promise.allSettled([said('flaky/1', 'first question', 0)]);
turns.push(...(await Promise.allSettled([said('flaky/1', 'another question', 0)])));
console.log(turns.map(({ status }) => status).join(' '));
