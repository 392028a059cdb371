import { post } from "./server.js";

/** Another page of the shop: it sets the orders back to monthly, then goes back. */
const sessions = JSON.parse(sessionStorage.getItem("away") ?? "[]");
sessionStorage.removeItem("away");
for (const id of sessions) {
  await post("/change-subscription-interval", { checkout_session_id: id, interval: "monthly" });
}
history.back();
