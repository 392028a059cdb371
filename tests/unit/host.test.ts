import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { deferred, type Owed } from "../../js/call.js";
import { STAND_IN } from "../../js/environment.js";
import { CheckoutUpdateError, KINDS } from "../../js/error.js";
import { createHost } from "../../js/host.js";
import { normalise } from "../../js/options.js";
import { endpoint } from "../../js/rules.js";
import { turn } from "./facade-support.js";

const token = vi.fn<() => string>();
const options = normalise({
  endpoints: {
    change: endpoint("/change", {}),
    elsewhere: endpoint("https://other.test/x?y=1", {}, { credentials: "include" }),
  },
  allowedOrigins: ["https://other.test"],
  csrf: { header: "x-csrf-token", token },
  messages: { network: "Own words." },
});

/** Of an update: its number, and its endpoint's position too. */
const [CHANGE, ELSEWHERE] = [0, 1];
/** Of a refresh, and of what nobody was promised. */
const [REFRESH, NOBODY] = [2, 99];

const [ANSWER, RESULT, CAUSE, METHOD] = [0, 1, 2, 3];
const WORDS = "answer result cause method ";

/** A host for two updates and a refresh. */
function world(more: Partial<Owed> = {}) {
  const owed = (id: number, endpoint: number): Owed => ({
    ...{ id, endpoint, at: [0, 0], kept: {}, counts: true, work: deferred(), play() {}, settle() {} },
    ...more,
  });
  const works = new Map([CHANGE, ELSEWHERE].map((id) => [id, owed(id, id)]));
  const refresh = owed(REFRESH, -1);
  const owner = {
    ...{ options, works, sent: new Set<number>() },
    nameOf: (endpoint: number) => options.endpoints[endpoint]?.name ?? "",
    callOf: (id: number) => (id === REFRESH ? refresh : works.get(id)),
    lastActions: vi.fn(),
    ...{ on: vi.fn(), came: vi.fn(), settle: vi.fn(), count: vi.fn(), stale: vi.fn() },
  };
  const { host, stop } = createHost(owner);
  host.words(WORDS);
  return { ...owner, host, stop };
}

const place = globalThis as { [STAND_IN]?: unknown };
const fetch = vi.fn<(url: string, init: RequestInit) => Promise<string>>(async () => "answer");
beforeEach(() => void (place[STAND_IN] = fetch));
afterEach(() => {
  delete place[STAND_IN];
  fetch.mockClear();
  token.mockReset();
  // A spy on a timer that was not real would come back after it.
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const { signal } = new AbortController();
const hostile = new Proxy(
  {},
  {
    get() {
      throw new Error("hostile");
    },
  },
);

test("a request goes to its endpoint's URL, with its credentials, and the rest is the engine's", async () => {
  const { host, came, sent } = world();
  const init = { method: "POST", body: "{}" };
  host.fetch(CHANGE, 9, init);
  host.fetch(ELSEWHERE, 17, init);
  expect(fetch.mock.calls).toEqual([
    ["http://localhost/change", { ...init, credentials: "same-origin" }],
    ["https://other.test/x?y=1", { ...init, credentials: "include" }],
  ]);
  expect([...sent]).toEqual([CHANGE, ELSEWHERE]);
  await turn();
  expect(came.mock.calls).toEqual([
    [CHANGE, 9, true, "answer"],
    [ELSEWHERE, 17, true, "answer"],
  ]);
});

test("a function of the page is given the signal, and counts as sent", async () => {
  const own = vi.fn(() => 7);
  const { host, came, sent } = world({ own });
  host.work(ELSEWHERE, 2, signal);
  expect(own).toHaveBeenCalledExactlyOnceWith(signal);
  expect([...sent]).toEqual([ELSEWHERE]);
  await turn();
  expect(came).toHaveBeenCalledExactlyOnceWith(ELSEWHERE, 2, true, 7);
});

/** A promise of the platform with a member of the page's own. */
const promiseWith = (name: string, own: PropertyDescriptor) => Object.defineProperty(Promise.resolve("own"), name, own);

test("whatever a function of the page gives or throws, the engine hears of it once and later", async () => {
  const thrown = new Error("page");
  const throws = () => {
    throw thrown;
  };
  for (const [own, ok, value] of [
    [() => 7, true, 7],
    [() => undefined, true, undefined],
    [async () => 7, true, 7],
    [() => ({ then: (resolve: (value: number) => void) => resolve(7) }), true, 7],
    [() => ({ then: (resolve: (value: number) => void) => (resolve(7), throws()) }), true, 7],
    [() => ({ then: (resolve: (value: number) => void) => (resolve(7), resolve(8)) }), true, 7],
    [throws, false, thrown],
    [() => Promise.reject(thrown), false, thrown],
    [() => ({ then: throws }), false, thrown],
    [() => Object.defineProperty({}, "then", { get: throws }), false, thrown],
    [() => promiseWith("then", { value: throws }), false, thrown],
    [() => promiseWith("then", { get: throws }), false, thrown],
    [() => promiseWith("constructor", { get: throws }), false, thrown],
  ] as const) {
    const { host, came } = world({ own });
    expect(() => host.work(CHANGE, 2, signal)).not.toThrow();
    expect(came).not.toHaveBeenCalled();
    await turn();
    expect(came).toHaveBeenCalledExactlyOnceWith(CHANGE, 2, ok, value);
  }
});

/** Everything that the engine waits for, each with a number of its own. */
function waitForAll(host: ReturnType<typeof world>["host"], object: object) {
  host.fetch(CHANGE, 1, {});
  host.token(CHANGE, 2);
  host.work(CHANGE, 3, signal);
  host.run(CHANGE, 4);
  host.later(CHANGE, 5, object, METHOD);
}

test("all that the engine waits for comes in the same way", async () => {
  token.mockReturnValue("token");
  const actions = { runServerUpdate: async () => "ran" };
  const { host, came } = world({ own: () => "worked", actions });
  waitForAll(host, { method: () => "given" });
  await turn();
  expect(came.mock.calls.map(([id]) => id as number)).toEqual([1, 2, 3, 4, 5].map(() => CHANGE));
  expect(new Map(came.mock.calls.map(([, what, ok, value]) => [what, [ok, value]]))).toEqual(
    new Map([
      [1, [true, "answer"]],
      [2, [true, "token"]],
      [3, [true, "worked"]],
      [4, [true, "ran"]],
      [5, [true, "given"]],
    ]),
  );
});

test("all that throws at once is heard of as what is rejected", async () => {
  const thrown = new Error("at once");
  const throws = () => {
    throw thrown;
  };
  fetch.mockImplementationOnce(throws);
  token.mockImplementation(throws);
  const { host, came } = world({ own: throws, actions: { runServerUpdate: throws } });
  expect(() => waitForAll(host, { method: throws })).not.toThrow();
  await turn();
  expect(came.mock.calls.map(([, what, ok, value]) => [what, ok, value])).toEqual(
    [1, 2, 3, 4, 5].map((what) => [what, false, thrown]),
  );
});

test("what is not there is heard of as what throws", async () => {
  const { host, came } = world();
  host.run(CHANGE, 4);
  host.later(CHANGE, 5, {}, METHOD);
  await turn();
  expect(came.mock.calls).toEqual([
    [CHANGE, 4, false, expect.any(TypeError)],
    [CHANGE, 5, false, expect.any(TypeError)],
  ]);
});

test("once it is stopped nothing reaches the engine", async () => {
  vi.useFakeTimers();
  token.mockReturnValue("token");
  const { host, stop, on, came } = world({ own: () => 7, actions: { runServerUpdate: () => 7 } });
  waitForAll(host, { method: () => 7 });
  host.rest(CHANGE);
  host.wake(5);
  stop();
  host.wake(1);
  host.rest(CHANGE);
  waitForAll(host, { method: () => 7 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect([on.mock.calls, came.mock.calls]).toEqual([[], []]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a task that is let through is told of by its number", async () => {
  const { host, on } = world();
  host.rest(7);
  await Promise.resolve();
  expect(on).not.toHaveBeenCalled();
  await turn();
  expect(on).toHaveBeenCalledExactlyOnceWith(6, 7);
});

const LOOKED = [[0]];

test("the clock is looked at when the engine says, and not earlier", async () => {
  vi.useFakeTimers();
  const { host, on } = world();
  host.wake(500);
  host.wake(20);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(19);
  expect(on).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2);
  expect(on.mock.calls).toEqual(LOOKED);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(on.mock.calls).toEqual(LOOKED);
});

test("a timer that fires early enough is not set anew", async () => {
  vi.useFakeTimers();
  const { host, on } = world();
  host.wake(20);
  const set = vi.spyOn(globalThis, "setTimeout");
  for (const ms of [20, 21, 5_000, Infinity]) host.wake(ms);
  expect(set).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(21);
  expect(on.mock.calls).toEqual(LOOKED);
  // The engine looks at the clock then, and says when it wants to next.
  host.wake(30);
  await vi.advanceTimersByTimeAsync(31);
  expect(on.mock.calls).toEqual([...LOOKED, ...LOOKED]);
});

test("a time of 0 is as soon as possible", async () => {
  vi.useFakeTimers();
  const { host, on } = world();
  host.wake(0);
  expect(on).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2);
  expect(on.mock.calls).toEqual(LOOKED);
});

test("when there is nothing to wait for any more there is no timer, until there is something again", async () => {
  vi.useFakeTimers();
  const { host, on } = world();
  host.wake(20);
  host.wake(-1);
  expect(vi.getTimerCount()).toBe(0);
  host.wake(-1);
  host.wake(50);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(49);
  expect(on).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2);
  expect(on.mock.calls).toEqual(LOOKED);
});

test("each update has what is kept for it, and what nobody was promised has nothing", () => {
  const { host, works } = world();
  const cause = new Error("own");
  host.keep(CHANGE, CAUSE, cause);
  host.keep(ELSEWHERE, RESULT, 7);
  host.keep(NOBODY, RESULT, 8);
  expect([host.kept(CHANGE, CAUSE), host.kept(CHANGE, RESULT), host.kept(ELSEWHERE, RESULT)]).toEqual([
    cause,
    undefined,
    7,
  ]);
  expect([host.kept(ELSEWHERE, CAUSE), host.kept(NOBODY, RESULT)]).toEqual([undefined, undefined]);
  expect(works.get(CHANGE)!.kept).toEqual({ cause });
  host.keep(CHANGE, CAUSE, undefined);
  expect(host.kept(CHANGE, CAUSE)).toBeUndefined();
});

test("what is no JSON gives nothing, and the reason is kept", () => {
  const { host } = world();
  expect(host.parse(CHANGE, '{"one":[1]}')).toEqual({ one: [1] });
  expect(host.kept(CHANGE, CAUSE)).toBeUndefined();
  expect(host.parse(CHANGE, '{"one":')).toBeUndefined();
  expect(host.kept(CHANGE, CAUSE)).toBeInstanceOf(SyntaxError);
});

test("a key is a UUID, the same for each attempt of an update and new for every update", () => {
  const { host } = world();
  const [one, other] = [host.key(CHANGE), host.key(ELSEWHERE)];
  for (const key of [one, other])
    expect(key).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(other).not.toBe(one);
  expect([host.key(CHANGE), host.key(ELSEWHERE)]).toEqual([one, other]);
});

test("a page that is not secure has no UUID, and its key is as many random digits", () => {
  const getRandomValues = vi.fn((bytes: Uint8Array) => bytes.fill(0x0a, 1));
  vi.stubGlobal("crypto", { getRandomValues });
  const { host } = world();
  expect(host.key(CHANGE)).toBe("00" + "0a".repeat(15));
  expect(host.key(CHANGE)).toBe("00" + "0a".repeat(15));
  expect(getRandomValues).toHaveBeenCalledOnce();
});

test.each([
  ["without crypto", undefined],
  ["with another crypto", {}],
  ["with a broken crypto", hostile],
])("a page %s has a key", (_, crypto) => {
  vi.stubGlobal("crypto", crypto);
  const digits = /^[\da-f]{32}$/;
  const keys = [world().host.key(CHANGE), world().host.key(CHANGE)];
  for (const key of keys) expect(key).toMatch(digits);
  expect(keys[0]).not.toBe(keys[1]);
  vi.spyOn(Math, "random")
    .mockReturnValueOnce(1 - Number.EPSILON)
    .mockReturnValue(0);
  expect(world().host.key(CHANGE)).toBe("ff" + "00".repeat(15));
});

/** What an update gives for this answer and these bytes of it. */
function refilled(answer: unknown, bytes: Uint8Array, more?: Partial<Owed>): unknown {
  const { host } = world(more);
  host.keep(CHANGE, ANSWER, answer);
  host.refill(CHANGE, bytes);
  return host.kept(CHANGE, ANSWER);
}

test("an answer that was read is given as another with its status, headers, URL and body", async () => {
  const headers = { "content-type": "application/json", "request-id": "req_1" };
  const answer = new Response("{", { status: 201, statusText: "Made", headers });
  Object.defineProperty(answer, "url", { value: "https://shop.test/change" });
  const memory = new TextEncoder().encode('{"a":"é"}');
  const given = refilled(answer, memory) as Response;
  // The engine's memory is used again.
  memory.fill(0);
  expect(given).toBeInstanceOf(Response);
  expect(given).not.toBe(answer);
  expect([given.status, given.statusText, given.ok, given.bodyUsed]).toEqual([201, "Made", true, false]);
  expect(given.url).toBe("https://shop.test/change");
  expect(Object.fromEntries(given.headers)).toEqual(headers);
  expect(await given.clone().json()).toEqual({ a: "é" });
  expect(await given.text()).toBe('{"a":"é"}');
});

test("an answer without a body has none, as some statuses demand", async () => {
  for (const status of [200, 205]) {
    const answer = new Response(null, { status });
    const given = refilled(answer, new Uint8Array()) as Response;
    expect(given).not.toBe(answer);
    expect([given.status, given.body, await given.text()]).toEqual([status, null, ""]);
  }
});

test("an answer of which there can be no other is given itself", () => {
  const bytes = new Uint8Array([65]);
  for (const answer of [{ status: 1000 }, { status: 205 }, { status: 200, headers: { "no header": "x" } }, hostile]) {
    expect(refilled(answer, bytes)).toBe(answer);
  }
  vi.stubGlobal("Response", undefined);
  const answer = { status: 200 };
  expect(refilled(answer, bytes)).toBe(answer);
});

test("for `run`, which gives the body alone, no other answer is made", () => {
  const answer = new Response("{}");
  expect(refilled(answer, new Uint8Array([65]), { actions: {}, update: async () => {} })).toBe(answer);
});

test("the actions are those that the page passed, and for what the page did not ask for those seen last", () => {
  const [actions, last] = [{}, {}];
  const passed = world({ actions });
  passed.lastActions.mockReturnValue(last);
  expect([passed.host.actions(CHANGE), passed.host.actions(REFRESH)].every((found) => found === actions)).toBe(true);
  expect(passed.host.actions(NOBODY)).toBe(last);
  const none = world();
  none.lastActions.mockReturnValue(last);
  expect(none.host.actions(REFRESH)).toBe(last);
  // Nothing is what the page passed, too.
  const nothing = world({ actions: undefined });
  nothing.lastActions.mockReturnValue(last);
  expect(nothing.host.actions(CHANGE)).toBeUndefined();
});

test("Stripe.js is given the update's function, on its own object", async () => {
  const actions = {
    runServerUpdate(update: unknown) {
      return [this === actions, update];
    },
  };
  const update = async () => {};
  const { host, came } = world({ actions, update });
  host.run(CHANGE, 6);
  await turn();
  expect(came).toHaveBeenCalledExactlyOnceWith(CHANGE, 6, true, [true, update]);
});

test("for a refresh Stripe.js is given a function that does nothing", async () => {
  const actions = { runServerUpdate: (update: () => Promise<unknown>) => update() };
  const { host, came, lastActions } = world();
  lastActions.mockReturnValue(actions);
  host.run(REFRESH, 7);
  host.run(NOBODY, 7);
  await turn();
  expect(came.mock.calls).toEqual([
    [REFRESH, 7, true, undefined],
    [NOBODY, 7, true, undefined],
  ]);
  expect(fetch).not.toHaveBeenCalled();
});

const NETWORK = KINDS.indexOf("network");
const CANCELLED = KINDS.indexOf("cancelled");

test("a failure becomes the update's result, with its endpoint's name, its cause and the page's words", () => {
  const { host, settle } = world();
  const cause = new TypeError("offline");
  host.keep(ELSEWHERE, CAUSE, cause);
  host.fail(ELSEWHERE, false, NETWORK, 2, 0, 12.4, 2, 0);
  const error = host.kept(ELSEWHERE, RESULT);
  expect(error).toBeInstanceOf(CheckoutUpdateError);
  expect(error).toMatchObject({
    ...{ kind: "network", applied: "unknown", endpoint: "elsewhere", status: null, durationMs: 12, attempts: 2 },
    ...{ message: "Own words.", cause },
  });
  expect(settle).not.toHaveBeenCalled();
  expect(host.kept(CHANGE, RESULT)).toBeUndefined();
});

test("a failure of one caller alone settles it, and the update's result stays", () => {
  const { host, settle } = world();
  host.keep(CHANGE, RESULT, "body");
  host.fail(CHANGE, true, CANCELLED, 0, 0, 0, 0, 3);
  const error = expect.objectContaining({ kind: "cancelled", applied: "no", endpoint: "change", reason: "signal" });
  expect(settle).toHaveBeenCalledExactlyOnceWith(CHANGE, false, error, undefined);
  expect(host.kept(CHANGE, RESULT)).toBe("body");
});

test("a failed refresh has no endpoint", () => {
  const { host, settle } = world();
  for (const id of [REFRESH, NOBODY]) host.fail(id, true, NETWORK, 0, 0, 0, 0, 0);
  const error = expect.objectContaining({ kind: "network", endpoint: "" });
  expect(settle.mock.calls).toEqual([
    [REFRESH, false, error, undefined],
    [NOBODY, false, error, undefined],
  ]);
});

test("the promise of a function ends with the answer or the error", async () => {
  const { host, works } = world();
  const [change, elsewhere] = [works.get(CHANGE)!.work!.promise, works.get(ELSEWHERE)!.work!.promise];
  host.keep(CHANGE, ANSWER, "answer");
  host.keep(CHANGE, RESULT, "body");
  host.end(CHANGE, true);
  host.keep(ELSEWHERE, ANSWER, "answer");
  host.keep(ELSEWHERE, RESULT, "error");
  host.end(ELSEWHERE, false);
  await expect(change).resolves.toBe("answer");
  await expect(elsewhere).rejects.toBe("error");
  for (const id of [REFRESH, NOBODY]) expect(() => host.end(id, true)).not.toThrow();
});

test("each caller is given the result of the update that it shares, and the session", () => {
  const { host, settle } = world();
  const session = {};
  host.keep(CHANGE, RESULT, "body");
  host.settle(CHANGE, CHANGE, true, session);
  host.settle(ELSEWHERE, CHANGE, true, session);
  host.settle(ELSEWHERE, NOBODY, false, undefined);
  expect(settle.mock.calls).toEqual([
    [CHANGE, true, "body", session],
    [ELSEWHERE, true, "body", session],
    [ELSEWHERE, false, undefined, undefined],
  ]);
});

test("what is counted is the update's error", () => {
  const { host, count } = world();
  host.fail(CHANGE, false, NETWORK, 2, 0, 0, 1, 0);
  host.count(CHANGE);
  expect(count).toHaveBeenCalledExactlyOnceWith(host.kept(CHANGE, RESULT));
});

test("of what is forgotten nothing is sent any more", () => {
  const { host, works, sent } = world({ own: () => 7 });
  host.work(CHANGE, 2, signal);
  host.work(ELSEWHERE, 2, signal);
  host.forget(CHANGE);
  expect([[...works.keys()], [...sent]]).toEqual([[ELSEWHERE], [ELSEWHERE]]);
});

test("the page is told of a flag, which the engine may give as a number", () => {
  const { host, stale } = world();
  for (const flag of [true, 1, false, 0]) host.stale(flag as boolean);
  expect(stale.mock.calls).toEqual([[true], [true], [false], [false]]);
});

test("an update is measured by its endpoint's name", () => {
  const measure = vi.spyOn(performance, "measure");
  world().host.measure(ELSEWHERE, 0);
  expect(measure).toHaveBeenCalledExactlyOnceWith("checkout-updates:elsewhere", { start: expect.any(Number) });
});
