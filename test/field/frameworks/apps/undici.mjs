// One GET through every copy of undici, Node's own first.
const url = process.env.URL;
const said = [(await fetch(`${url}/undici0/401`)).status];
for (const major of [5, 6, 7, 8]) {
  const { request } = await import(`undici${major}`);
  const { statusCode, body } = await request(`${url}/undici${major}/401`);
  await body.text();
  said.push(statusCode);
}
console.log(said.join(' '));
