import axios from "axios";

export async function update(session, interval) {
  const body = { checkout_session_id: session, interval };
  const { data } = await axios.post("/change-subscription-interval", body, { timeout: 19_500 });
  return data;
}
