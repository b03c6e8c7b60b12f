import OpenAI from 'openai';
import type { Job } from '../job.ts';

export const answerQuestion = (port: number): Job => {
  const openai = new OpenAI({
    apiKey: process.env['OPENAI_API_KEY'] ?? 'sk-example',
    baseURL: `https://api.openai.test:${port}/v1`,
    timeout: 5_000,
  });
  return async (n) => {
    await openai.chat.completions.create({
      model: 'gpt-5-mini',
      messages: [{ role: 'user', content: `Where is order ${n}?` }],
    });
  };
};
