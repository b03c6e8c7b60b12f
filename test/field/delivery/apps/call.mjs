// One call that fails, by either client; resolves with what the application saw.
import { createRequire } from 'node:module';

// as CommonJS, where the application's own instrumentation reaches it
const http = createRequire(import.meta.url)('node:http');

const { CLIENT, TARGET } = process.env;

const byFetch = async (url) => {
  try {
    const answer = await fetch(url);
    await answer.text();
    return answer.status;
  } catch (error) {
    return error.cause?.code;
  }
};
const byHttp = (url) =>
  new Promise((resolve) => {
    http
      .get(url, (answer) => answer.resume().on('close', () => resolve(answer.statusCode)))
      .on('error', (error) => resolve(error.code));
  });

export const call = (url = TARGET) => (CLIENT === 'http' ? byHttp(url) : byFetch(url));
