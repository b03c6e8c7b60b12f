/** The Model Context Protocol's official SDK, in one file so that the build can bundle it: nobody installs it for one subcommand. */
export { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
export { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
export { z } from 'zod';
