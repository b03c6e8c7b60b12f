export const dynamic = 'force-dynamic';

// Three calls on the wire: the second read of a cached one is answered by Next.
export default async function Page() {
  const url = process.env.URL;
  const said = [];
  said.push((await fetch(`${url}/next/page`, { cache: 'no-store' })).status);
  said.push((await fetch(`${url}/next/page/fail?token=s3cr3t-in-a-query`, { cache: 'no-store' })).status);
  for (const _ of [1, 2]) said.push((await fetch(`${url}/next/cached`, { next: { revalidate: 3600 } })).status);
  return <p>{said.join(' ')}</p>;
}
