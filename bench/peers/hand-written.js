// The least that is correct: the snippet of Stripe's docs with a deadline and the status checked where it counts.
export async function update(session, interval) {
  const response = await fetch("/change-subscription-interval", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ checkout_session_id: session, interval }),
    signal: AbortSignal.timeout(19_500),
  });
  const answer = await response.json();
  if (!response.ok || answer.type === "error") throw new Error(answer.message);
  return answer;
}
