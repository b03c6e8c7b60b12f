/**
 * Records a terminal: `faultlayer dev` with an application whose providers fail, as an animated SVG.
 *
 *   npm run build && node examples/recording.ts     writes docs/images/dev.svg
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const COLUMNS = 104;
const LINE = 19;
const COLOURS: Readonly<Record<string, string>> = { 31: '#ff7b72', 33: '#e3b341', 90: '#9198a1' };

const provider = createServer((req, res) => {
  const [status, code, message] = req.url!.includes('chat')
    ? [401, 'invalid_api_key', 'Incorrect API key provided']
    : [429, 'rate_limit', 'Too many requests'];
  res.writeHead(Number(status), {
    'content-type': 'application/json',
    'x-request-id': `req_${code}_7Kc2`,
    'retry-after': '2',
  });
  res.end(JSON.stringify({ error: { code, message } }));
}).listen(0, '127.0.0.1');
await new Promise((resolve) => provider.once('listening', resolve));
const { port } = provider.address() as AddressInfo;

const folder = mkdtempSync(join(tmpdir(), 'faultlayer-recording-'));
writeFileSync(
  join(folder, 'app.mjs'),
  `const post = (path) => fetch('http://127.0.0.1:${port}' + path, { method: 'POST', body: '{}',
  headers: { authorization: 'Bearer x', 'content-type': 'application/json' } }).then((r) => r.text());
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
await pause(600); await post('/v1/chat/completions'); await pause(1500);
await post('/v1/payment_intents'); for (let i = 0; i < 13; i++) { await pause(120); await post('/v1/payment_intents'); }
await pause(900);`,
);

interface Seen {
  readonly at: number;
  readonly text: string;
}
const seen: Seen[] = [{ at: 0, text: '\u001b[90m$\u001b[39m npx faultlayer dev app.mjs' }];
const start = performance.now();
const child = spawn(process.execPath, [join(root, 'dist/cli/main.js'), 'dev', '--summary', 'app.mjs'], {
  cwd: folder,
  env: { ...process.env, FORCE_COLOR: '1', OTEL_SERVICE_NAME: 'checkout', FAULTLAYER_PROVIDERS: '127.0.0.1=acme' },
});
child.stderr.setEncoding('utf8').on('data', (text: string) => {
  for (const line of text.split('\n')) if (line !== '') seen.push({ at: performance.now() - start, text: line });
});
await new Promise((resolve) => child.on('close', resolve));
provider.close();
rmSync(folder, { recursive: true, force: true });

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
/** One line of the terminal as spans, by its colours. */
function spansOf(line: string): string {
  let style = '';
  return line
    .split(/(\u001b\[\d+m)/)
    .map((part) => {
      const code = /^\u001b\[(\d+)m$/.exec(part)?.[1];
      if (code === undefined) return part && `<tspan${style}>${escaped(part)}</tspan>`;
      style = code === '1' ? ' font-weight="700"' : COLOURS[code] ? ` fill="${COLOURS[code]}"` : '';
      return '';
    })
    .join('');
}
/** A line as a terminal of so many columns breaks it; escapes take no room. */
function rowsOf({ at, text }: Seen): Seen[] {
  const plain = text.replace(/#token=\S+/, '').replaceAll(/:\d{5}\b/g, ':9468');
  if (plain.replace(/\u001b\[\d+m/g, '').length <= COLUMNS) return [{ at, text: plain }];
  const cut = plain.lastIndexOf(' ', COLUMNS);
  return [{ at, text: plain.slice(0, cut) }, ...rowsOf({ at, text: `\u001b[90m${plain.slice(cut)}` })];
}

const rows = seen.flatMap(rowsOf);
const end = Math.max(...rows.map(({ at }) => at)) + 6000;
const height = rows.length * LINE + 32;
const lines = rows.map(({ at, text }, i) => {
  const shown = ((at / end) * 100).toFixed(2);
  const name = `l${i}`;
  return {
    css: `@keyframes ${name}{0%,${shown}%{opacity:0}${(Number(shown) + 0.01).toFixed(2)}%,100%{opacity:1}}.${name}{animation:${name} ${(end / 1000).toFixed(1)}s infinite}`,
    svg: `<text class="${name}" x="16" y="${(i + 1) * LINE + 12}" xml:space="preserve">${spansOf(text)}</text>`,
  };
});
writeFileSync(
  join(root, 'docs/images/dev.svg'),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${COLUMNS * 8.1 + 32} ${height}" role="img"><title>faultlayer dev prints each failing call as it ends</title>
<style>text{font:13.5px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#e6edf3}
@media (prefers-reduced-motion:no-preference){${lines.map(({ css }) => css).join('\n')}}</style>
<rect width="100%" height="100%" rx="10" fill="#151b23"/>
${lines.map(({ svg }) => svg).join('\n')}
</svg>
`,
);
