/**
 * The pages’ only script. They work without it; it signs in by a link’s fragment, copies, moves by keyboard and keeps the list live: what
 * replaces it is the server’s own page. Values reach the page as text only, so there is no HTML to build here.
 */
export const SCRIPT = `'use strict';
const fragment = new URLSearchParams(location.hash.slice(1));
const token = fragment.get('token');
if (token) {
  history.replaceState(null, '', location.pathname + location.search);
  fetch('/session', { method: 'POST', headers: { authorization: 'Bearer ' + token } }).then((answer) => {
    if (answer.ok) location.reload();
  });
}
for (const button of document.querySelectorAll('button.copy')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const source = document.getElementById(button.dataset.for);
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(source);
      button.textContent = 'Selected';
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  });
}
addEventListener('click', async (event) => {
  const source = event.target.closest('[data-copy]');
  if (!source || getSelection().toString()) return;
  try {
    await navigator.clipboard.writeText(source.textContent);
    source.dataset.copied = '';
    setTimeout(() => { delete source.dataset.copied; }, 1500);
  } catch {
    getSelection().selectAllChildren(source);
  }
});
const words = (seconds) => seconds < 60 ? Math.max(0, Math.round(seconds)) + ' s ago'
  : seconds < 5400 ? Math.round(seconds / 60) + ' min ago'
  : seconds < 129600 ? Math.round(seconds / 3600) + ' h ago' : Math.round(seconds / 86400) + ' d ago';
setInterval(() => {
  for (const time of document.querySelectorAll('time[datetime]')) {
    const at = Date.parse(time.dateTime);
    if (at <= Date.now()) time.textContent = words((Date.now() - at) / 1000);
  }
}, 5000);
for (const time of document.querySelectorAll('time[datetime]'))
  time.title = new Date(time.dateTime).toLocaleString() + ' local, ' + time.dateTime;
if (location.pathname === '/failures' && document.querySelector('main h1')) {
  let due;
  const renew = async () => {
    due = undefined;
    const main = document.getElementById('main');
    if (main.contains(document.activeElement) && document.activeElement.matches('input, select, textarea')) return;
    if (getSelection().toString()) return;
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('main');
    if (fresh) main.replaceChildren(...fresh.childNodes);
  };
  setInterval(() => { if (!document.hidden && !document.activeElement.matches('a.row')) renew(); }, 30000);
  new EventSource('/api/failures/live').onmessage = () => { due ??= setTimeout(renew, 1000); };
}
addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea')) return;
  if (event.key === '/') {
    const search = document.querySelector('[data-search]');
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  }
  if (event.key === 'j' || event.key === 'k') {
    const rows = [...document.querySelectorAll('a.row')];
    const at = rows.indexOf(document.activeElement);
    const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + (event.key === 'j' ? 1 : -1)))];
    if (next) next.focus();
  }
});
`;
