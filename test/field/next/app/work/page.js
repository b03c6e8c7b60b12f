export const dynamic = 'force-dynamic';

// Three calls on the wire: the second read of a cached one is answered by Next.
export default async function Page() {
  const url = process.env.URL;
  const said = [];
  const cached = `${url}/next/cached?at=${process.hrtime.bigint()}`;
  said.push((await fetch(`${url}/next/page`, { cache: 'no-store' })).status);
  said.push((await fetch(`${url}/next/page/fail?token=s3cr3t-in-a-query`, { cache: 'no-store' })).status);
  for (const _ of [1, 2]) said.push((await fetch(cached, { next: { revalidate: 3600 } })).status);
  return <p>{said.join(' ')}</p>;
}
