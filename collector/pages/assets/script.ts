/**
 * The pages’ only script. They work without it; it signs in by a link’s fragment, copies, and moves by keyboard. Values reach the page as text
 * only, so there is no HTML to build here.
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
