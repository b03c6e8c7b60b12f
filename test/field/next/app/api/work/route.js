import http from 'node:http';

export const dynamic = 'force-dynamic';
const get = (to) =>
  new Promise((resolve, reject) => {
    http.get(to, (res) => res.resume().on('end', () => resolve(res.statusCode))).on('error', reject);
  });
export async function GET() {
  const url = process.env.URL;
  const viaFetch = await fetch(`${url}/next/route/fail`, { cache: 'no-store' });
  return new Response(`${viaFetch.status} ${await get(`${url}/next/http/fail?token=s3cr3t-in-a-query`)}`);
}
