import { createHash } from "node:crypto";

const known = new Map();

export async function once(scope, key, intent, prepare, perform) {
  const name = createHash("sha256")
    .update(JSON.stringify([scope, key]))
    .digest("hex");
  const said = JSON.stringify(intent);
  const entry = known.get(name) ?? { said };
  known.set(name, entry);
  if (entry.said !== said) return { status: 409, body: { type: "error", message: "This key has another intent." } };
  entry.request ??= Promise.resolve(prepare()).catch((error) => {
    entry.request = undefined;
    throw error;
  });
  entry.answer ??= entry.request
    .then((request) => perform(request, name))
    .catch((error) => {
      entry.answer = undefined;
      throw error;
    });
  return entry.answer;
}
