/** Packages that single subcommands use, in one file so that the build can bundle them: nobody installs them for a subcommand. */
export { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
export { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
export { renderUnicodeCompact } from 'uqr';
export { z } from 'zod';
