// wasm-pack runs the Rust tests in browsers. The npm package of that name would download a binary.
import { cargoInstall } from "../lib/cargo-install.mjs";

const WASM_PACK = "0.15.1";

export const wasmPack = () => cargoInstall("wasm-pack", WASM_PACK);
