/** The pages’ only style: system fonts, light and dark by the reader’s setting, one colour per owner of a failure. */
export const STYLE = `:root {
  color-scheme: light dark;
  --ink: #1c2026; --soft: #626b77; --line: #e1e4e9; --ground: #fbfbfc; --card: #fff; --link: #1a56c4; --focus: #1a56c4;
  --caller: #8a5a00; --caller-ground: #fdf1d8; --network: #5b3fa8; --network-ground: #eee9fb;
  --provider: #a32626; --provider-ground: #fbe6e4; --load: #10597a; --load-ground: #dff0f8;
  --fine: #19733d; --here: #b3261e; --code: #f2f3f6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6e8ec; --soft: #98a1ad; --line: #2c323b; --ground: #14171c; --card: #1b1f26; --link: #8ab4f8; --focus: #8ab4f8;
    --caller: #f2c46d; --caller-ground: #3a2d10; --network: #c3b1f5; --network-ground: #2d2350;
    --provider: #f5a9a3; --provider-ground: #471d1b; --load: #8fd0ee; --load-ground: #10364a;
    --fine: #7fd39b; --here: #ff8a80; --code: #22272f;
  }
}
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -99em; }
.skip:focus { left: 1em; top: .5em; background: var(--card); padding: .3em .8em; z-index: 1; }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem 1.5rem; padding: .6rem 1.5rem; background: var(--card); border-bottom: 1px solid var(--line); }
.bar nav { display: flex; gap: 1rem; flex: 1; }
.brand { font-weight: 700; color: var(--ink); letter-spacing: -.01em; }
main { max-width: 84rem; margin: 0 auto; padding: 1.2rem 1.5rem 4rem; }
h1 { font-size: 1.45rem; line-height: 1.3; margin: .2rem 0 .8rem; font-weight: 600; overflow-wrap: anywhere; }
h1 small, h2 small { font-size: .85rem; font-weight: 400; color: var(--soft); margin-left: .4em; }
h2 { font-size: 1.02rem; margin: 0 0 .6rem; }
section { margin-top: 1.8rem; }
code, pre, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .87em; }
code { background: var(--code); padding: .1em .35em; border-radius: 4px; overflow-wrap: anywhere; }
pre { margin: 0; padding: .8rem 1rem; background: var(--code); border-radius: 8px; overflow: auto; max-height: 30rem; line-height: 1.55; white-space: pre-wrap; overflow-wrap: anywhere; }
.soft, .hint, .crumbs { color: var(--soft); font-size: .88rem; }
.hint { margin: .5rem 0 0; }
.crumbs, .bar form { margin: 0; }
.sentence { margin: 0 0 .6rem; font-size: 1.05rem; max-width: 62rem; overflow-wrap: anywhere; }
.elsewhere { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: 0 0 .8rem; }
.elsewhere a { padding: .2rem 0; }
.lead { margin: 0 0 .8rem; overflow-wrap: anywhere; }
blockquote { margin: 0 0 1rem; padding: .5rem .9rem; border-left: 3px solid var(--line); color: var(--soft); overflow-wrap: anywhere; }
kbd { font: inherit; font-size: .85em; border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 4px; padding: 0 .35em; background: var(--card); }
.chips { display: flex; flex-wrap: wrap; gap: .5rem; margin-bottom: 1rem; }
.chip { display: inline-block; padding: .1rem .6rem; border-radius: 99px; font-size: .82rem; font-weight: 600; white-space: nowrap; vertical-align: middle; }
.chip b { font-weight: 400; margin-left: .3em; font-variant-numeric: tabular-nums; }
.chip[aria-current] { box-shadow: inset 0 0 0 2px currentColor; }
.caller { color: var(--caller); background: var(--caller-ground); }
.network { color: var(--network); background: var(--network-ground); }
.provider { color: var(--provider); background: var(--provider-ground); }
.load { color: var(--load); background: var(--load-ground); }
.filter { display: flex; flex-wrap: wrap; gap: .8rem; align-items: end; margin-bottom: 1.2rem; }
label { display: flex; flex-direction: column; font-size: .8rem; color: var(--soft); gap: .2rem; }
.grow { flex: 1; min-width: 14rem; }
input, select, button { font: inherit; font-size: .9rem; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 0 .6rem; height: 2.1rem; max-width: 16rem; }
.grow input { max-width: none; width: 100%; }
button { cursor: pointer; font-weight: 600; }
button:hover { border-color: var(--soft); }
.pager { display: flex; gap: 1rem; margin: .8rem 0; color: var(--soft); }
[data-copy] { cursor: copy; }
[data-copied]::after { content: ' copied'; color: var(--fine); font-family: system-ui, sans-serif; }
.quiet { border: 0; background: none; font-weight: 400; color: var(--soft); }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-size: .8rem; font-weight: 500; color: var(--soft); padding: .4rem .7rem; }
.failures { background: var(--card); border: 1px solid var(--line); border-radius: 8px; border-collapse: separate; border-spacing: 0; }
.failures td { padding: .55rem .7rem; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
.failures td:first-child, .failures .whole, .failures time { white-space: nowrap; }
.failures tbody tr:hover, .failures tr:focus-within { background: var(--code); }
.failures .this { box-shadow: inset 3px 0 0 var(--focus); }
.failures .id { min-width: 20ch; max-width: 26ch; }
.row b { color: var(--ink); }
h1 bdi { font-weight: 400; }
h1 b bdi { font-weight: 700; }
.message { display: block; color: var(--soft); font-size: .85rem; max-width: 34rem; }
.status { color: var(--soft); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.providers th, .providers td { padding-inline: .45rem; }
.providers td:first-child, .providers .number { white-space: normal; }
.providers .whole { white-space: normal; min-width: 14ch; }
.providers .number { overflow-wrap: normal; }
.trend { fill: var(--soft); border-bottom: 1px solid var(--soft); vertical-align: middle; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .7rem 1.5rem; margin: 0; padding: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
dt { font-size: .78rem; color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
dd code { font-size: .78em; }
.columns { display: grid; grid-template-columns: 3fr 2fr; gap: 0 2.5rem; }
.checks { list-style: none; margin: 0; padding: 0; }
.checks li { display: flex; gap: .8rem; padding: .5rem .6rem; border-radius: 8px; }
.checks p { margin: 0; color: var(--soft); font-size: .9rem; }
.checks .said { font-size: .78rem; color: var(--soft); margin-left: .3em; }
.mark { font-weight: 700; width: 1rem; text-align: center; color: var(--soft); }
.fine .mark, .fine .said { color: var(--fine); }
.here { background: var(--provider-ground); }
.here .mark, .here .said { color: var(--here); }
.checks .next { color: var(--ink); margin-top: .2rem; }
.phases { display: block; border-radius: 4px; background: var(--code); }
.timings { width: auto; min-width: 14rem; margin-top: .6rem; }
.timings th, .timings td { padding: .15rem .7rem .15rem 0; font-size: .9rem; }
.key { display: inline-block; width: .7em; height: .7em; border-radius: 2px; margin-right: .5em; }
.key.dns { background: #7a86d8; } .key.tcp { background: #4aa3c7; } .key.tls { background: #9a6fc0; } .key.wait { background: #d8903a; } .key.body { background: #5aa469; }
rect.dns { fill: #7a86d8; } rect.tcp { fill: #4aa3c7; } rect.tls { fill: #9a6fc0; } rect.wait { fill: #d8903a; } rect.body { fill: #5aa469; }
details { margin-top: .5rem; }
summary { cursor: pointer; color: var(--soft); font-size: .88rem; margin-bottom: .5rem; width: fit-content; }
.block { position: relative; }
.block pre { padding-right: 5.5rem; }
.copy { position: absolute; top: .5rem; right: .5rem; font-size: .8rem; height: 1.7rem; }
.notice { margin: .6rem 0; padding: .5rem .9rem; background: var(--load-ground); color: var(--load); border-radius: 8px; }
.problem { color: var(--here); font-weight: 600; }
.empty, .sign-in { max-width: 34rem; margin: 4rem auto; }
.empty { text-align: center; }
.sign-in form { display: flex; gap: .8rem; align-items: end; margin: 1.2rem 0; }
.sign-in label { flex: 1; }
.sign-in input { max-width: none; }
@media (max-width: 60rem) {
  .columns { grid-template-columns: 1fr; }
  .failures thead { display: none; }
  .failures tr { display: block; padding: .4rem 0; border-top: 1px solid var(--line); }
  .failures td { display: block; border: 0; padding: .1rem .8rem; text-align: left; }
  .failures td, .failures td:first-child, .failures .whole { white-space: normal; padding-inline: .8rem; }
  .failures td.times::after { content: "×"; }
  .failures td[data-label]::before { content: attr(data-label) ' '; color: var(--soft); font-size: .85rem; }
  .bar { padding: .6rem 1rem; gap: .4rem 1rem; }
  .bar a[href='/metrics'] { display: none; }
  main { padding: 1rem 1rem 3rem; }
  .filter { gap: .6rem; }
  .filter label { flex: 1 1 7rem; }
  .filter input, .filter select { width: 100%; max-width: none; }
  .since::before { content: 'since '; }
  .newest::before { content: 'newest '; }
}
`;
