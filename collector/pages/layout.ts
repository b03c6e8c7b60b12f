import { VERSION } from '../../src/version.ts';
import { type Html, html, type Value } from './html.ts';

/** The frame of every page. */
export const layout = (title: string, main: Value, signedIn = true): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · faultlayer</title>
<link rel="stylesheet" href="/assets/page.css?${VERSION}">
<script src="/assets/page.js?${VERSION}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="bar">
<a class="brand" href="/failures">faultlayer</a>
<nav aria-label="Pages"><a href="/failures">Failures</a><a href="/providers">Providers</a><a href="/metrics">Metrics</a></nav>
${signedIn && html`<form method="post" action="/session/end"><button class="quiet">Sign out</button></form>`}
</header>
<main id="main">
${main}
</main>
</body>
</html>
`;

/** A point in time: how long ago for the eye, exactly for everything else. */
export function when(startMs: number, nowMs: number): Html {
  const exact = Math.abs(startMs) <= 8.64e15 ? new Date(startMs).toISOString() : '';
  return html`<time datetime="${exact}" title="${exact}">${ago((nowMs - startMs) / 1000)}</time>`;
}

export function ago(seconds: number): string {
  if (seconds < -5) return 'in the future';
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} d ago`;
}

const TINY = 0.0005;
export const percent = (part: number, whole: number): string =>
  whole === 0
    ? '–'
    : part > 0 && part / whole < TINY
      ? '<0.1 %'
      : `${((part / whole) * 100).toFixed(part > 0 && part / whole < 0.095 ? 1 : 0)} %`;
export const count = (value: number): string => Math.round(value).toLocaleString('en-US');

/** Seconds as people read durations. */
export const duration = (seconds: number): string =>
  seconds < 0.001
    ? '<1 ms'
    : seconds < 1
      ? `${Math.round(seconds * 1000)} ms`
      : `${seconds.toFixed(seconds < 10 ? 2 : 0)} s`;
