/** What the lab asks the server besides the updates. A checkout needs none of it. */

/** A POST of JSON. */
export const post = (path, body) =>
  fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** Makes the next request of this session meet the fault. */
export async function arm(id, fault) {
  const response = await post("/lab/fault", { checkout_session_id: id, fault });
  if (!response.ok) throw new Error(`the fault was answered by ${response.status}`);
}

/** The session as the sandbox has it, asked as a merchant's server would. */
export const truthOf = (id) => json(`/lab/truth?checkout_session_id=${id}`);

/** The requests of this visitor, as they were received. */
export const received = () => json("/lab/requests");

/** The server's own counts, by name and labels. */
export async function counts() {
  const text = await (await fetch("/metrics")).text();
  const lines = text.split("\n").filter((line) => line && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]));
}

async function json(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} was answered by ${response.status}`);
  return response.json();
}
