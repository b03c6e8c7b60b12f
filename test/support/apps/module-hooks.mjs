// An application with module hooks, which run on a thread of their own; it reads its own metrics before it ends.
import { register } from 'node:module';

register(`data:text/javascript,${encodeURIComponent('export const resolve = (s, c, next) => next(s, c);')}`);
const [url, port] = process.argv.slice(2);
await import('node:fs');
await (await fetch(`${url}/counted`)).text();
const metrics = () => fetch(`http://127.0.0.1:${port}/metrics`).then((r) => r.text());
// the port's code is loaded beside the application
for (let i = 0; i < 200; i++) {
  const page = await metrics().catch(() => '');
  if (page.includes('/counted')) {
    console.log('counted');
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 25));
}
