// What a page without modules loads: every entry that pages use, as one global.
export * from "./index.js";
export { bindExpressCheckout, bindForm } from "./express.js";
export { bindSwitch } from "./switch.js";
