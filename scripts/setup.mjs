// npm run setup [-- --demo]: installs what is missing, for everything or for the demo alone. Each step is a file in
// scripts/setup/, finds what is there already, and can be run again at any time.
import { cleanUpInstalls } from "./lib/cargo-install.mjs";
import { main } from "./lib/run.mjs";
import { browsers, geckodriver } from "./setup/browsers.mjs";
import { coverage } from "./setup/coverage.mjs";
import { libraries } from "./setup/libraries.mjs";
import { nodeModules } from "./setup/node-modules.mjs";
import { postgresql } from "./setup/postgresql.mjs";
import { python } from "./setup/python.mjs";
import { ruby } from "./setup/ruby.mjs";
import { schemathesis } from "./setup/schemathesis.mjs";
import { needRust } from "./setup/rust.mjs";
import { wasmBindgen } from "./setup/wasm-bindgen.mjs";
import { wasmPack } from "./setup/wasm-pack.mjs";
import { wasmTestEnv } from "./setup/wasm-sysroot.mjs";
import { wasmToolchain } from "./setup/wasm-toolchain.mjs";
import { webkit } from "./setup/webkit.mjs";

/** What `npm start` and `npm run build` need: no browser. */
export async function setUpDemo() {
  needRust();
  await Promise.all([nodeModules(), wasmToolchain().then(wasmBindgen)]);
}

/** Everything; gives the tools that `npm test` calls. */
export async function setUpAll() {
  needRust();
  // Downloads beside compilation; what compiles runs one after the other, since each fills the machine.
  const downloads = (async () => {
    await nodeModules();
    await postgresql();
    await schemathesis();
    await libraries();
    return { ...(await browsers()), webkitdriver: await webkit(), python: await python(), ruby: await ruby() };
  })();
  const tools = (async () => {
    const toolchain = await wasmToolchain();
    const wasmTest = await wasmTestEnv(toolchain);
    return {
      wasmTest,
      wasmBindgen: await wasmBindgen(),
      wasmPack: await wasmPack(),
      geckodriver: await geckodriver(),
      coverage: await coverage(),
    };
  })();
  const [found, built] = await Promise.all([downloads, tools]);
  cleanUpInstalls();
  return { ...found, ...built };
}

if (process.argv[1] === import.meta.filename) {
  await main(process.argv.includes("--demo") ? setUpDemo : setUpAll);
}
