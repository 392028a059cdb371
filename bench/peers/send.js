/** What libraries that do not send leave to the page. */
export async function send(session, interval, signal) {
  const response = await fetch("/change-subscription-interval", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ checkout_session_id: session, interval }),
    signal,
  });
  const answer = await response.json();
  if (!response.ok || answer.type === "error") throw new Error(answer.message);
  return answer;
}
