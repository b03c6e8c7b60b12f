export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs' || process.env.TRACED !== 'yes') return;
  const { registerOTel } = await import('@vercel/otel');
  registerOTel({ serviceName: 'next' });
}
