export default { serverExternalPackages: ['@vercel/otel', '@opentelemetry/api'], devIndicators: false };
