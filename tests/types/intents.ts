// Compiled, never run: what is marked must not compile, and everything else must.
import { endpoint, flag, identifier, integer, oneOf } from "../../js/rules.js";
import type { IntentOf, SessionOf, Updates } from "../../js/types.js";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Flat<T> = { [K in keyof T]: T[K] };
function holds<_T extends true>(): void {}

const endpoints = {
  changeInterval: endpoint("/change-subscription-interval", { interval: oneOf("monthly", "yearly") }, { latest: true }),
  addService: endpoint("/update-custom-amount", { product_id: identifier(), selected: flag().optional() }),
  setQuantity: endpoint(
    "/update-line-item-quantity",
    { line_item: identifier("li_"), quantity: integer(0, 10) },
    { latest: ["line_item"] },
  ),
  updateTax: endpoint("/update-tax", {}),
};

type IntentFor<N extends keyof typeof endpoints> = Flat<IntentOf<(typeof endpoints)[N]["rules"]>>;
holds<Equal<IntentFor<"changeInterval">, { interval: "monthly" | "yearly" }>>();
holds<Equal<IntentFor<"addService">, { product_id: string; selected?: boolean | undefined }>>();
holds<Equal<IntentFor<"setQuantity">, { line_item: string; quantity: number }>>();

export function page(updates: Updates<typeof endpoints>, actions: { getSession: () => { id: string } }): void {
  updates.request("changeInterval", { interval: "yearly" });
  updates.request("addService", { product_id: "gift_wrap" });
  updates.request("addService", { product_id: "gift_wrap", selected: true });
  updates.request("updateTax", {});
  void updates.run(actions, "setQuantity", { line_item: "li_1", quantity: 2 }).then((outcome) => {
    if (outcome.type === "success") holds<Equal<typeof outcome.session, { id: string }>>();
  });
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
