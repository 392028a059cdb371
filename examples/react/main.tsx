import { CheckoutElementsProvider, useCheckoutElements } from "@stripe/react-stripe-js/checkout";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Pay } from "./pay.js";
import { openCheckout } from "./stripe.js";
import { Summary } from "./summary.js";

function Checkout() {
  const state = useCheckoutElements();
  if (state.type === "loading") return <p className="column">Getting your order…</p>;
  if (state.type === "error") return <p role="alert">{state.error.message}</p>;
  return (
    <>
      <div className="order">
        <Summary checkout={state.checkout} />
      </div>
      <div className="pay">
        <Pay checkout={state.checkout} />
      </div>
      <div className="about">
        <p>
          <strong>What you see here:</strong> the same checkout, written with the hooks of{" "}
          <strong>checkout-updates/react</strong>. The code is in <code>examples/react</code>.
        </p>
      </div>
    </>
  );
}

const root = createRoot(document.querySelector("main")!);
try {
  const { clientSecret, stripe } = await openCheckout();
  root.render(
    <StrictMode>
      <CheckoutElementsProvider stripe={stripe} options={{ clientSecret }}>
        <Checkout />
      </CheckoutElementsProvider>
    </StrictMode>,
  );
} catch {
  root.render(<p role="alert">The checkout could not be opened. Please reload the page.</p>);
}
