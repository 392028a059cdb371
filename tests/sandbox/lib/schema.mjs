// Stripe's OpenAPI description as a check of answers: what must be there, of which type, and nothing else.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";

const api = JSON.parse(readFileSync(join(import.meta.dirname, "..", "checkout-sessions.openapi.json"), "utf8"));

/** One schema of OpenAPI 3.0 in the words of JSON Schema. */
function translate(schema) {
  if (Array.isArray(schema)) return schema.map(translate);
  if (schema === null || typeof schema !== "object") return schema;
  const { nullable, properties, format: _, description: _d, title: _t, enum: names, ...rest } = schema;
  const open = rest["x-stripeBypassValidation"];
  const expandable = rest["x-expandsTo"];
  const result = {};
  for (const [key, value] of Object.entries(rest)) {
    if (key.startsWith("x-") || key === "example" || key === "default") continue;
    result[key] = key === "$ref" ? value.replace("#/components/schemas/", "#/$defs/") : translate(value);
  }
  if (names && !open) result.enum = names;
  if (properties) {
    result.properties = Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, translate(value)]));
    // A field that Stripe does not have would teach users of the sandbox something wrong.
    result.additionalProperties ??= false;
  }
  const alternatives = [result];
  // The objects that expanded fields hold are not in this part of the description: their id and kind have to do.
  if (expandable) alternatives.push(expanded(expandable));
  if (nullable) alternatives.push({ type: "null" });
  return alternatives.length === 1 ? result : { anyOf: alternatives };
}

const expanded = (kinds) => ({
  type: "object",
  required: ["id", "object"],
  properties: { id: { type: "string" }, object: { enum: kinds } },
});

const product = { anyOf: [{ type: "string" }, expanded(["product"])] };

const ajv = new Ajv({ strict: false, allErrors: true });
const schemas = translate(api.components.schemas);
schemas.price.properties.product = product;
// What is newer than the description; `types.test.mjs` has the newest client's types for it.
schemas["checkout.session"].properties.allowed_payment_method_types = {
  anyOf: [{ type: "array", items: { type: "string" } }, { type: "null" }],
};
schemas.recurring.properties.trial_period_days = { type: ["integer", "null"] };
ajv.addSchema({ $id: "stripe", $defs: schemas });

const route = (path) => new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`);
const routes = Object.entries(api.paths).map(([path, methods]) => [route(path), methods]);

const checks = new Map();

function check(schema) {
  const text = JSON.stringify(translate(schema)).replaceAll('"#/$defs/', '"stripe#/$defs/');
  if (!checks.has(text)) checks.set(text, ajv.compile(JSON.parse(text)));
  return checks.get(text);
}

/** What is wrong with an answer; an empty list where it is as described, `null` where the path is not described. */
export function problems(method, path, status, body) {
  const methods = routes.find(([pattern]) => pattern.test(path))?.[1];
  const responses = methods?.[method.toLowerCase()]?.responses;
  if (!responses) return null;
  const validate = check((responses[status] ?? responses.default).content["application/json"].schema);
  if (validate(body)) return [];
  return validate.errors.map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
