// Compiled, never run: what is marked must not compile, and everything else must.
import { address, endpoint, flag, identifier, integer, oneOf } from "../../js/rules.js";
import type { Address, IntentOf, MatchFor, PayOutcome, SessionOf, UpdateFunction, Updates } from "../../js/types.js";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<_T extends true>(): void {}

const endpoints = {
  changeInterval: endpoint("/change-subscription-interval", { interval: oneOf("monthly", "yearly") }, { latest: true }),
  addService: endpoint("/update-custom-amount", { product_id: identifier(), selected: flag().optional() }),
  setQuantity: endpoint(
    "/update-line-item-quantity",
    { line_item: identifier("li_"), quantity: integer(0, 10) },
    { latest: ["line_item"] },
  ),
  updateTax: endpoint("/update-tax", {}).body<{ tax: string }>(),
  sendTo: endpoint("/send-to", { to: address(), gift: flag() }),
};

type IntentFor<N extends keyof typeof endpoints> = IntentOf<(typeof endpoints)[N]["rules"]>;
holds<Equal<IntentFor<"changeInterval">, { interval: "monthly" | "yearly" }>>();
holds<Equal<IntentFor<"addService">, { product_id: string; selected?: boolean | undefined }>>();
holds<Equal<IntentFor<"setQuantity">, { line_item: string; quantity: number }>>();

holds<Equal<IntentFor<"sendTo">, { to: Address; gift: boolean }>>();
holds<
  Equal<MatchFor<typeof endpoints, "addService">, { product_id?: string | undefined; selected?: boolean | undefined }>
>();

export function page(updates: Updates<typeof endpoints>, actions: { getSession: () => { id: string } }): void {
  updates.request("changeInterval", { interval: "yearly" });
  updates.request("addService", { product_id: "gift_wrap" });
  updates.request("addService", { product_id: "gift_wrap", selected: true });
  updates.request("updateTax", {});
  void updates.run(actions, "setQuantity", { line_item: "li_1", quantity: 2 }).then((outcome) => {
    if (outcome.type === "success") holds<Equal<typeof outcome.session, { id: string }>>();
  });
  void updates.run(actions, "updateTax", {}).then((outcome) => {
    if (outcome.type === "success") holds<Equal<typeof outcome.body, { tax: string }>>();
  });
  void updates.run(actions, "changeInterval", { interval: "yearly" }).then((outcome) => {
    if (outcome.type === "success") holds<Equal<typeof outcome.body, unknown>>();
  });
  updates.request("sendTo", { to: { name: "Ada", address: { line1: "1 Main St", country: "GB" } }, gift: true });
  updates.isPending("sendTo", { gift: true });
  updates.isPending("changeInterval");
  // @ts-expect-error an address is not compared
  updates.isPending("sendTo", { to: { name: "Ada", address: { line1: "1 Main St", country: "GB" } } });
  // @ts-expect-error an address without a country
  updates.request("sendTo", { to: { name: "Ada", address: { line1: "1 Main St" } }, gift: true });
  // @ts-expect-error a misspelt name
  updates.isPending("chagneInterval");
  // @ts-expect-error a misspelt name
  updates.pendingIntent("chagneInterval");
  // @ts-expect-error a misspelt name
  updates.cancel("chagneInterval");
  const wrapped: UpdateFunction<number> = updates.wrap("own", () => 5);
  updates.cancel(wrapped);
  updates.isPending(wrapped);
  // @ts-expect-error a wrong literal
  updates.request("changeInterval", { interval: "weekly" });
  // @ts-expect-error a missing field
  updates.request("changeInterval", {});
  // @ts-expect-error an extra field
  updates.request("changeInterval", { interval: "yearly", amount: 5 });
  // @ts-expect-error an extra field where there is none
  updates.request("updateTax", { amount: 5 });
  // @ts-expect-error a wrong type
  updates.request("setQuantity", { line_item: "li_1", quantity: "2" });
  // @ts-expect-error an optional field with a wrong type
  void updates.run(actions, "addService", { product_id: "gift_wrap", selected: "yes" });
  // @ts-expect-error an endpoint that nobody declared
  updates.request("changePlan", {});
}

export async function pay(updates: Updates<typeof endpoints>, actions: { getSession: () => { id: string } }) {
  const outcome = await updates.pay(actions, async () => 5);
  holds<Equal<typeof outcome, PayOutcome<number, { id: string }>>>();
  if (outcome.type === "confirmed") holds<Equal<typeof outcome.result, number>>();
  else if (outcome.reason === "changed") holds<Equal<typeof outcome.session, { id: string } | undefined>>();
  const release = updates.hold();
  // @ts-expect-error nothing is held where something is under way
  release();
  const { stale }: { stale: boolean } = await updates.resume(actions);
  return stale || updates.getSnapshot().paying || updates.metrics().payments.blocked.changed === 1;
}

// @ts-expect-error no choice
oneOf();
// @ts-expect-error a choice that is no string
oneOf("a", 1);
// @ts-expect-error a field that is not there
endpoint("/x", { line_item: identifier() }, { latest: ["quantity"] });
// @ts-expect-error an unknown option
endpoint("/x", {}, { retry: 1 });
// @ts-expect-error no rule
endpoint("/x", { interval: "monthly" });
// @ts-expect-error a rule without its bounds
integer(1);

holds<Equal<SessionOf<{ getSession: () => 1 }>, 1>>();
holds<Equal<SessionOf<{ session: () => 2 }>, 2>>();
