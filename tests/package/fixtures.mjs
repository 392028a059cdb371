// The ways in which people use the package, each a small project of its own. `from` names the folders of fixtures/ whose
// files it is made of; its commands are the scripts of its package.json, as a user would have them.

/** Where a page without a bundler finds the package's files, as it would after copying them. */
const vendor = { "/vendor/checkout-updates/": "node_modules/checkout-updates/dist" };

/**
 * - `copies`: how often the module stands in what the script `build` made; without it nothing is built
 * - `serve`: the folder that is served, and `built` the one that was made, where it is another
 * - `start`: the tool serves by itself, by its script `start`
 * - `oneFile`: without the chunk for where WebAssembly is refused
 * - `test`: the tool tests by itself, by its script `test`
 * - `onServer`: paths that the tool answers with what became of an update there
 */
export const fixtures = [
  { name: "plain", title: '`<script type="module">`, self-hosted files', serve: ".", mounts: vendor },
  { name: "import-map", title: '`<script type="module">`, import map', serve: ".", mounts: vendor },
  { name: "script", title: "`<script>`, the global build", serve: ".", mounts: vendor, oneFile: true },
  { name: "slim-streaming", title: "`./slim`, streamed from its URL", serve: ".", mounts: vendor },
  { name: "slim-bytes", title: "`./slim`, given the bytes", serve: ".", mounts: vendor },
  { name: "vite", title: "Vite, build", tool: "vite", from: ["bundled", "vite"], serve: "dist", copies: 1 },
  { name: "vite5", title: "Vite 5, build", tool: "vite", from: ["bundled", "vite", "vite5"], serve: "dist", copies: 1 },
  { name: "vite-dev", title: "Vite, dev", tool: "vite", from: ["bundled", "vite"], start: true },
  { name: "vite-slim", title: "Vite, `./slim` and the file by `?url`", tool: "vite", serve: "dist", copies: 1 },
  {
    name: "webpack",
    title: "webpack",
    tool: "webpack",
    from: ["bundled", "webpack"],
    serve: ".",
    built: "dist",
    copies: 1,
  },
  {
    name: "webpack-5.75",
    title: "webpack 5.75",
    tool: "webpack",
    from: ["bundled", "webpack", "webpack-5.75"],
    serve: ".",
    built: "dist",
    copies: 1,
  },
  {
    name: "webpack-slim",
    title: "webpack, `./slim` and the file by `new URL`",
    tool: "webpack",
    serve: ".",
    built: "dist",
    copies: 1,
  },
  {
    name: "rollup",
    title: "Rollup",
    tool: "rollup",
    from: ["bundled", "rollup"],
    serve: ".",
    built: "dist",
    copies: 1,
  },
  {
    name: "esbuild",
    title: "esbuild",
    tool: "esbuild",
    from: ["bundled", "esbuild"],
    serve: ".",
    built: "dist",
    copies: 1,
  },
  { name: "parcel", title: "Parcel", tool: "parcel", from: ["bundled", "parcel"], serve: "dist", copies: 1 },
  {
    name: "rspack",
    title: "Rspack",
    tool: "@rspack/core",
    from: ["bundled", "rspack"],
    serve: ".",
    built: "dist",
    copies: 1,
  },
  {
    name: "next",
    title: "Next.js, App Router, build and start, with `./react`",
    tool: "next",
    start: true,
    built: ".next/static",
    copies: 1,
    // What Next.js itself writes into its pages.
    inline: true,
  },
  {
    name: "next-edge",
    title: "Next.js by webpack, with an update in middleware and in an edge route of `pages/api`",
    tool: "next",
    from: ["next", "next-edge"],
    start: true,
    built: ".next/static",
    copies: 1,
    inline: true,
    onServer: ["/server/middleware", "/api/edge"],
  },
  { name: "vitest", title: "Vitest, node and jsdom", tool: "vitest", test: true },
  { name: "jest", title: "Jest, node and jsdom", tool: "jest", test: true },
  { name: "jest27", title: "Jest 27, node and jsdom", tool: "jest", from: ["jest", "jest27"], test: true },
  { name: "node", title: "Node, `import` and `require`", test: true },
  { name: "node22", title: "Node 22, `import` and `require`", tool: "node", from: ["node", "node22"], test: true },
];
