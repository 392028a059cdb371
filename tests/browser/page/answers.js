// What a server, a stand-in for one or the browser may give to `fetch`. Each is a function of the request's `init`.

/** A real answer. */
export const respond = (status, text, headers) => () => new Response(text, { status, headers: JSON.parse(headers) });

const stream = (parts, end) => {
  const chunks = parts.map((part) => (typeof part === "string" ? new TextEncoder().encode(part) : part));
  const pull = (controller) => (chunks.length ? controller.enqueue(chunks.shift()) : end(controller));
  return new ReadableStream({ pull });
};

/** An answer whose body comes in these parts, strings or bytes. */
export const respondIn = (parts) => () => new Response(stream(parts, (controller) => controller.close()));

/** An answer whose body ends before it is whole. */
export const cutOff = (status, part, error) => () =>
  new Response(
    stream([part], (controller) => controller.error(error)),
    { status },
  );

/** An answer whose body comes as the test says. */
export function fed(status) {
  let controller;
  const body = new ReadableStream({ start: (its) => void (controller = its) });
  const answer = () => new Response(body, { status });
  answer.push = (text) => controller.enqueue(new TextEncoder().encode(text));
  answer.close = () => controller.close();
  return answer;
}

/** What the browser itself gives for this URL. */
export const fetched = (url) => () => fetch(url);

/** An answer that says how long it is, and counts in `asked` who read it whole. */
export function sized(text, length) {
  const asked = [];
  const answer = () => {
    const response = new Response(text, { headers: { "content-length": length } });
    const { arrayBuffer } = response;
    response.arrayBuffer = () => (asked.push("arrayBuffer"), arrayBuffer.call(response));
    return response;
  };
  return Object.assign(answer, { asked });
}

/** An answer whose body never comes. */
export const stuck = (status) => () => new Response(new ReadableStream(), { status });

/** An answer whose body goes on for ever. */
export const endless = () => () => {
  const pull = (controller) => controller.enqueue(new Uint8Array(16_384));
  return new Response(new ReadableStream({ pull }));
};

/** What simple mocks are: no stream, no `clone`, perhaps no headers. */
export const mock = (status, text) => () => ({ status, ok: status < 300, text: async () => text });

/** A mock that has not even `text`. */
export const bare = (status) => () => ({ status });

/** A mock whose `text` throws or whose `clone` does. */
export const broken = (member, error) => () => ({
  status: 200,
  text: async () => "OK",
  [member]: () => {
    throw error;
  },
});

/** An answer that was read by somebody before us. */
export const used = (text) => async () => {
  const response = new Response(text);
  await response.text();
  return response;
};

/** `fetch` rejects, or throws at once, with this. */
export const rejects = (error) => () => Promise.reject(error);
export const throws = (error) => () => {
  throw error;
};

/** `fetch` gives this, which is no promise. */
export const gives = (value) => () => value;

/** A promise that is never settled. */
export const never = () => new Promise(() => {});

/** Nothing until the request is aborted, which it answers as `fetch` does. */
export const silent =
  () =>
  ({ signal }) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

/** An answer that is given when `now` is called. */
export function later(answer) {
  let give;
  const given = new Promise((resolve) => (give = resolve));
  const when = () => given;
  when.now = () => give(answer());
  return when;
}

/** The text of an answer, read by its receiver. */
export const read = (response) => response.text();

/** The bytes of an answer, read by its receiver. */
export const readBytes = async (response) => new Uint8Array(await response.arrayBuffer());

/** The headers of a request or an answer, sorted, as one text. */
export const headersOf = ({ headers }) =>
  [...new Headers(headers)].map(([name, value]) => `${name}: ${value}`).join("\n");

/** A proxy whose members all throw. */
export const hostile = () =>
  new Proxy(
    {},
    {
      get() {
        throw new Error("hostile");
      },
    },
  );
