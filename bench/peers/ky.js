import ky from "ky";

export const update = (session, interval) =>
  ky
    .post("/change-subscription-interval", {
      json: { checkout_session_id: session, interval },
      timeout: 19_500,
      totalTimeout: 19_500,
      retry: { limit: 2, methods: ["post"] },
    })
    .json();
