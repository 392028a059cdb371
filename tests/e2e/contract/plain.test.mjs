// The contract where the page's policy forbids WebAssembly: the same rules, of the engine in plain JavaScript.
//   node --test tests/e2e/contract/plain.test.mjs
import { checkContract } from "./lib/contract.mjs";

checkContract("the contract without WebAssembly", { policy: "no-wasm" });
