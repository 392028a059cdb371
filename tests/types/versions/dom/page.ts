// Compiled, never run: what is published, on a page that declares no library newer than ES2021 and checks every library.
import { address, createUpdates, endpoint, identifier, integer, oneOf } from "checkout-updates";
import {
  bindExpressCheckout,
  bindForm,
  type CheckoutForm,
  type ExpressCheckoutElement,
} from "checkout-updates/express";
import { usePay, useUpdate, useUpdatesState } from "checkout-updates/react";
import { useWasm } from "checkout-updates/slim";
import { bindSwitch } from "checkout-updates/switch";
import { createFakeServer, createFakeStripe } from "checkout-updates/testing";

// What a page has in hand where something is optional: the option may be there and hold nothing.
declare const maybe: {
  signal: AbortSignal | undefined;
  session: string | undefined;
  id: (() => string) | undefined;
  yes: boolean | undefined;
  count: number | undefined;
  word: string | undefined;
  status: HTMLElement | undefined;
  credentials: "include" | undefined;
  csrf: { header: string; token: () => string } | undefined;
  origins: string[] | undefined;
};
declare const button: HTMLButtonElement;
declare const wallets: ExpressCheckoutElement;
declare const form: CheckoutForm;

useWasm("/checkout_updates.wasm");
const updates = createUpdates({
  session: maybe.id,
  sessionField: maybe.word,
  timeoutMs: maybe.count,
  allowedOrigins: maybe.origins,
  csrf: maybe.csrf,
  messages: undefined,
  onFailure: undefined,
  endpoints: {
    changeInterval: endpoint(
      "/change-subscription-interval",
      { interval: oneOf("monthly", "yearly") },
      {
        latest: maybe.yes,
        dedupe: maybe.yes,
        idempotencyKey: maybe.yes,
        retries: maybe.count,
        attemptTimeoutMs: maybe.count,
        timeoutMs: maybe.count,
        credentials: maybe.credentials,
        csrf: maybe.yes,
      },
    ),
    sendTo: endpoint("/send-to", { to: address().optional() }).body<{ saved: string }>(),
    setQuantity: endpoint("/quantity", { line_item: identifier("li_"), quantity: integer(0, 10).optional() }),
  },
});
updates.reportTo("/failures", { sampleRate: maybe.count });

export async function page(): Promise<void> {
  const stripe = createFakeStripe({
    session: undefined,
    refresh: undefined,
    onChange: undefined,
    canConfirm: undefined,
    version: undefined,
    timers: undefined,
    latencyMs: maybe.count,
  });
  stripe.fake.next({ latencyMs: maybe.count });
  const sdk = stripe.initCheckoutElementsSdk({ clientSecret: "cs_test_1_secret_2", defaultValues: undefined });
  const loaded = await sdk.loadActions();
  if (loaded.type === "error") return;
  const { actions } = loaded;
  await actions.confirm({ email: maybe.word });
  const { signal, session } = maybe;
  await updates.run(actions, "changeInterval", { interval: "yearly" }, { signal, session });
  const to = { name: "Ada", address: { line1: "1 Main St", line2: maybe.word, country: "GB" } };
  const sent = await updates.run(actions, "sendTo", { to: maybe.yes ? to : undefined });
  if (sent.type === "success") button.textContent = sent.body.saved;
  const paid = await updates.pay(actions, (actions) => actions.confirm(), { signal });
  if (paid.type === "blocked") button.textContent = paid.message;
  updates.hold()?.();
  await updates.resume(actions);
  updates.cancel(updates.wrap("own", () => 5));
  // @ts-expect-error A misspelt name.
  updates.isPending("chagneInterval");
  const common = { updates, actions, confirm: () => actions.confirm(), onBlocked: undefined };
  bindExpressCheckout(wallets, { ...common, resolve: undefined }).unbind();
  bindForm(form, common).unbind();
  updates.dispose();
  createFakeServer({}).close();
  bindSwitch(button, {
    updates,
    actions,
    name: "changeInterval",
    on: { interval: "yearly" },
    off: { interval: "monthly" },
    isOn: undefined,
    sdk: maybe.yes ? sdk : undefined,
    status: maybe.status,
    onOutcome: undefined,
  });
  const { run, pending, pendingIntent } = useUpdate(updates, actions, "setQuantity", {
    match: maybe.yes ? {} : undefined,
  });
  await run({ line_item: "li_1", quantity: maybe.count }, { signal });
  const quantity: number | undefined = pendingIntent?.quantity;
  const { pay, paying, blocked } = usePay(updates, maybe.yes ? actions : null);
  await pay((checkout) => checkout.confirm(), { signal });
  button.title = blocked?.message ?? String(paying);
  button.disabled = pending || useUpdatesState(updates, actions).stale || quantity === 0;
}
