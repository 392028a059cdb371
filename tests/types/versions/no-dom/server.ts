// Compiled, never run: what is published, in a program without the DOM's library, such as a test on a server.
import { createUpdates, endpoint, oneOf } from "checkout-updates";
import { bindExpressCheckout } from "checkout-updates/express";
import { useUpdatesState } from "checkout-updates/react";
import { useWasm } from "checkout-updates/slim";
import { bindSwitch } from "checkout-updates/switch";
import { createFakeServer, createFakeStripe } from "checkout-updates/testing";

export async function yearly(bytes: Uint8Array): Promise<string> {
  useWasm(bytes);
  const stripe = createFakeStripe();
  const updates = createUpdates({
    session: () => "cs_test_1",
    endpoints: { changeInterval: endpoint("/interval", { interval: oneOf("monthly", "yearly") }) },
  });
  const loaded = await stripe.initCheckoutElementsSdk({ clientSecret: "cs_test_1_secret_2" }).loadActions();
  if (loaded.type === "error") return loaded.error.message;
  const outcome = await updates.run(loaded.actions, "changeInterval", { interval: "yearly" });
  // @ts-expect-error No such interval.
  void updates.run(loaded.actions, "changeInterval", { interval: "weekly" });
  void [bindExpressCheckout, bindSwitch];
  createFakeServer({}).close();
  const { stale }: { stale: boolean } = useUpdatesState(updates);
  return outcome.type === "error" ? outcome.error.message : String(stale);
}
