/** A kept QR encoder, in one file so that the build can bundle it: nobody installs it for one subcommand. */
export { renderUnicodeCompact } from 'uqr';
