// An application that lets nobody else run for a while, in the middle of its calls.
const [url, ms] = process.argv.slice(2);
await (await fetch(`${url}/before`)).text();
const open = fetch(`${url}/open`);
const until = performance.now() + Number(ms);
while (performance.now() < until);
console.log((await open).status, await (await open).text());
for (let i = 0; i < 3; i++) console.log((await fetch(`${url}/after/${i}`)).status);
