// The newest client's types against the sandbox: every answer has the type that the client gives it, and every parameter
// that the client can send is known.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import ts from "@typescript/typescript6";
import { startSandbox } from "./lib/sandbox.mjs";

const root = join(import.meta.dirname, "..", "..");
const folder = join(root, "target", "sandbox-types");
const SESSIONS = "/v1/checkout/sessions";
const NEWEST = "2026-10-28.endive";

let sandbox;
let declared;
before(async () => {
  mkdirSync(folder, { recursive: true });
  // First, since the compiler keeps this process busy until connections have grown cold.
  declared = types({
    Create: "Stripe.Checkout.SessionCreateParams",
    Update: "Stripe.Checkout.SessionUpdateParams",
    Versions: "Stripe.WebhookEndpointCreateParams.ApiVersion",
  });
  sandbox = await startSandbox("--preview");
});
after(() => sandbox.stop());

const headers = { authorization: "Bearer sk_test_types", "stripe-version": NEWEST };

async function call(path, params) {
  const init = params === undefined ? { headers } : { method: "POST", body: new URLSearchParams(params), headers };
  const response = await fetch(sandbox.url + path, init);
  return { status: response.status, body: await response.json() };
}

async function answer(path, params) {
  const { status, body } = await call(path, params);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

const payment = {
  ui_mode: "elements",
  mode: "payment",
  return_url: "https://shop.example/return",
  "line_items[0][price_data][currency]": "usd",
  "line_items[0][price_data][unit_amount]": "2000",
  "line_items[0][price_data][product_data][name]": "Ticket",
  "line_items[0][price_data][product_data][tax_details][performance_location]": "taxloc_1",
  "line_items[0][quantity]": "2",
  "line_items[0][tax_rates][]": "txr_sales",
};
const everything = {
  ...payment,
  "adaptive_pricing[enabled]": "true",
  "allowed_payment_method_types[]": "card",
  billing_address_collection: "required",
  "discounts[0][promotion_code]": "promo_tenth",
  integration_identifier: "shop_1",
  "metadata[order]": "7",
  "permissions[update_shipping_details]": "server_only",
  "phone_number_collection[enabled]": "true",
  "saved_payment_method_options[payment_method_save]": "enabled",
  "shipping_address_collection[allowed_countries][]": "US",
  "shipping_options[0][shipping_rate]": "shr_standard",
  "tax_id_collection[enabled]": "true",
  "wallet_options[link][display]": "never",
};
const subscription = {
  ui_mode: "form",
  mode: "subscription",
  customer: "cus_ada",
  return_url: "https://shop.example/return",
  "line_items[0][price]": "price_monthly",
  "line_items[0][quantity]": "1",
  "subscription_data[trial_period_days]": "7",
};
const hosted = {
  mode: "payment",
  success_url: "https://shop.example/done",
  "line_items[0][price]": "price_mug",
  "line_items[0][quantity]": "1",
};
const embedded = { ...hosted, ui_mode: "embedded_page", return_url: "https://shop.example/return" };
delete embedded.success_url;

const EXPAND = [
  "line_items.data.price.product",
  "line_items.data.price.currency_options",
  "line_items.data.taxes",
  "line_items.data.discounts",
  "shipping_options.shipping_rate",
  "discounts.coupon",
  "discounts.promotion_code",
  "total_details.breakdown",
];

/** Every kind of answer, by the type that the client gives it. */
async function answers() {
  const found = [];
  for (const params of [payment, everything, subscription, hosted, embedded]) {
    const { id } = await answer(SESSIONS, params);
    const expand = EXPAND.map((path) => `expand[]=${path}`).join("&");
    found.push(["Stripe.Checkout.Session", await answer(`${SESSIONS}/${id}?${expand}`)]);
    found.push([
      "Stripe.ApiList<Stripe.LineItem>",
      await answer(`${SESSIONS}/${id}/line_items?expand[]=data.price.product`),
    ]);
    found.push(["Stripe.Checkout.Session", await answer(`${SESSIONS}/${id}`, { "metadata[a]": "1" })]);
    await answer(`/sandbox/sessions/${id}/complete`, {});
    found.push(["Stripe.Checkout.Session", await answer(`${SESSIONS}/${id}`)]);
  }
  found.push(["Stripe.ApiList<Stripe.Checkout.Session>", await answer(SESSIONS)]);
  return found;
}

const CONFIG = { strict: true, noEmit: true, skipLibCheck: true, module: "ESNext", moduleResolution: "bundler" };

/** What the compiler says of the answers. */
async function complaints(found) {
  // On the wire, a decimal is a text; and types that the client adds for its users are not there.
  const wire = `import Stripe from "stripe";
    type Wire<T> = T extends Stripe.Decimal ? string : T extends Array<infer E> ? Array<Wire<E>>
      : T extends object ? { [K in keyof T]: Wire<T[K]> } : T;`;
  const typed = found.map(
    ([type, value], index) => `export const a${index}: Wire<${type}> = ${JSON.stringify(value)};`,
  );
  writeFileSync(join(folder, "answers.ts"), [wire, ...typed, ""].join("\n"));
  const config = { compilerOptions: { ...CONFIG, target: "ES2022", types: ["node"] }, files: ["answers.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", folder]).catch((error) => error);
  return stdout;
}

test("every answer has the type that the newest client gives it", async () => {
  const found = await answers();
  assert.equal(await complaints(found), "");
  const [[type, session]] = found;
  for (const change of [
    { managed_payments: undefined },
    { allowed_payment_method_types: "card" },
    { colour: "blue" },
  ]) {
    assert.notEqual(await complaints([[type, { ...session, ...change }]]), "", JSON.stringify(change));
  }
});

/** The types that the client's declarations have under these names. */
function types(names) {
  const file = join(folder, "parameters.ts");
  const exported = Object.entries(names).map(([name, type]) => `export type ${name} = ${type};`);
  writeFileSync(file, ['import Stripe from "stripe";', ...exported, ""].join("\n"));
  const program = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    types: ["node"],
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const aliases = source.statements.filter(ts.isTypeAliasDeclaration);
  return { checker, ...Object.fromEntries(aliases.map((node) => [node.name.text, checker.getTypeAtLocation(node)])) };
}

const isObject = (type) => (type.flags & ts.TypeFlags.Object) !== 0;

/** Every parameter in a type as `{ path, values }`: the objects on the way too, and the closed values, if there are. */
function parameters(checker, type, prefix = "") {
  return checker.getPropertiesOfType(type).flatMap((property) => {
    const path = prefix === "" ? property.name : `${prefix}[${property.name}]`;
    return parameter(checker, checker.getNonNullableType(checker.getTypeOfSymbol(property)), path);
  });
}

function parameter(checker, type, path) {
  const parts = type.isUnion() ? type.types : [type];
  const values = parts.filter((part) => part.isStringLiteral() && part.value !== "").map((part) => part.value);
  const object = parts.find((part) => isObject(part));
  if (object === undefined || checker.typeToString(object) === "Decimal") return [{ path, values }];
  if (checker.isArrayType(object)) {
    const [element] = checker.getTypeArguments(object);
    return [{ path, values: [] }, ...parameter(checker, checker.getNonNullableType(element), `${path}[0]`)];
  }
  // Keys of the merchant's own: metadata, amounts by currency.
  if (checker.getIndexInfosOfType(object).length > 0) return [{ path, values: [] }];
  return [{ path, values: [] }, ...parameters(checker, object, path)];
}

/** What the sandbox has to say about one parameter, sent alone. */
async function verdict(target, path, value) {
  const { error } = (await call(target, { [path]: value })).body;
  if (error?.code !== "parameter_unknown") return error?.param === path ? `refused: ${error.message}` : "known";
  return error.message.startsWith("This sandbox does not implement") ? `left out: ${error.param}` : "unknown";
}

const readme = readFileSync(join(root, "server", "sandbox", "README.md"), "utf8");

/** The parameters of create that the README says are left out. */
function leftOut() {
  const [, list] = /parameters of `create` that are left out: (.*)/i.exec(readme);
  return [...list.matchAll(/`([^`]+)`/g)].map(([, name]) => name).toSorted();
}

test("the sandbox knows every parameter that the newest client can send, or says that it is left out", async () => {
  const { checker, Create, Update } = declared;
  const { id } = await answer(SESSIONS, payment);
  const skipped = new Set();
  for (const [target, all] of [
    [SESSIONS, parameters(checker, Create)],
    [`${SESSIONS}/${id}`, parameters(checker, Update)],
  ]) {
    assert.ok(all.length > 40, String(all.length));
    for (const { path, values } of all) {
      if ([...skipped].some((left) => path === left || path.startsWith(`${left}[`))) continue;
      const said = await verdict(target, path, "x");
      assert.notEqual(said, "unknown", `${target} ${path}`);
      if (said.startsWith("left out: ")) skipped.add(path);
      else if (path !== "mode") {
        for (const value of values) assert.equal(await verdict(target, path, value), "known", `${path}=${value}`);
      }
    }
  }
  const names = [...skipped].map((path) => path.replaceAll("[0]", "[]")).toSorted();
  assert.deepEqual(names, leftOut());
});

test("what the newest client can no longer send is no longer known", async () => {
  const { checker, Create, Update } = declared;
  const api = JSON.parse(readFileSync(join(import.meta.dirname, "checkout-sessions.openapi.json"), "utf8"));
  const { id } = await answer(SESSIONS, payment);
  const gone = [];
  for (const [target, path, type] of [
    [SESSIONS, SESSIONS, Create],
    [`${SESSIONS}/${id}`, `${SESSIONS}/{session}`, Update],
  ]) {
    const now = new Set(parameters(checker, type).map((parameter) => parameter.path));
    const { schema } = api.paths[path].post.requestBody.content["application/x-www-form-urlencoded"];
    for (const name of described(schema).filter((name) => !now.has(name))) {
      assert.equal(await verdict(target, name, "x"), "unknown", name);
      gone.push(name);
    }
  }
  assert.deepEqual(gone.toSorted(), [
    "line_items[0][dynamic_tax_rates]",
    "line_items[0][dynamic_tax_rates][0]",
    "payment_method_types",
    "payment_method_types[0]",
  ]);
});

/** Every parameter of OpenAPI's schema of a body. */
function described(schema, path = "") {
  const shape = schema.anyOf?.find((one) => one.properties || one.items) ?? schema;
  const own = path === "" ? [] : [path];
  if (shape.items) return [...own, ...described(shape.items, `${path}[0]`)];
  const inner = Object.entries(shape.properties ?? {});
  return [...own, ...inner.flatMap(([name, value]) => described(value, path === "" ? name : `${path}[${name}]`))];
}

test("every answer was as Stripe's description says, in the versions that it describes", () =>
  assert.deepEqual(sandbox.seen.wrong, []));

test("every version that was released is known", async () => {
  const released = declared.Versions.types.filter((type) => type.isStringLiteral()).map((type) => type.value);
  assert.ok(released.includes(NEWEST) && released.length > 100, String(released.length));
  for (const version of released) {
    const init = { headers: { ...headers, "stripe-version": version } };
    assert.equal((await fetch(`${sandbox.url}${SESSIONS}?limit=1`, init)).status, 200, version);
  }
});
