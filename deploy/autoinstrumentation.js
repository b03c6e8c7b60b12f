// The file that the OpenTelemetry Operator puts into NODE_OPTIONS; its own folder holds the package.
require('faultlayer/register');
