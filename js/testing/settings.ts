/** How the stand-in behaves. Change settings at run time with `fake.set`, or for one update with `fake.next`. */
export interface FakeSettings {
  /** How long each fetch of the session and each action takes, in milliseconds. Default: 0. */
  latencyMs: number;
  /** How long an update's function can take, in milliseconds, without the fetch of the session. Default: 20 000. */
  limitMs: number;
  /**
   * How a failed update ends. Default `"documented"`: a failed fetch of the session resolves to `{type: "error"}`,
   * anything else rejects. `"result"` always resolves, `"reject"` always rejects: earlier releases may do either.
   */
  failures: "documented" | "result" | "reject";
  /** Makes an update fail with this message. Default `null`. */
  failWith: string | null;
  /** When `failWith` applies: before the function is called, or when the session is fetched after it. */
  failAt: "call" | "refresh";
  /** How often the function is called. Default 1. */
  calls: 0 | 1 | 2;
  /** Whether the function is called once more after the update has ended. */
  callsLate: boolean;
  /** What Stripe.js reports at the end: the truth, something else, or nothing until `fake.release()`. */
  ends: "honest" | "success" | "error" | "silent";
  /** Ends an update after this many milliseconds, whatever its function does. Default `null`. */
  endsAfterMs: number | null;
  /** Whether a fetch of the session overwrites what the customer has just typed (`updateEmail`). Default `false`. */
  overwrites: boolean;
  /** The number of the card that the customer pays with; Stripe's test cards are declined as they are there. */
  card: string;
  /** Makes `confirm` fail as a declined payment with this message, whatever the card. Default `null`. */
  declineWith: string | null;
  /** Whether `confirm` waits for `onRequiresApproval` before it charges. Default `false`. */
  requiresApproval: boolean;
  /** Whether the payment leaves the page: `confirm` goes to `returnUrl`, charges nothing and never settles. */
  redirects: boolean;
  /** How `confirm` ends: by its answer, by a rejection that charges nothing, or not until `fake.release()`. */
  confirmEnds: "honest" | "reject" | "silent";
}

/** Settings to change. Those that are `undefined` stay as they are. */
export type FakeSettingsInit = { [K in keyof FakeSettings]?: FakeSettings[K] | undefined };

export const DEFAULTS: FakeSettings = {
  latencyMs: 0,
  limitMs: 20_000,
  failures: "documented",
  failWith: null,
  failAt: "call",
  calls: 1,
  callsLate: false,
  ends: "honest",
  endsAfterMs: null,
  overwrites: false,
  card: "4242 4242 4242 4242",
  declineWith: null,
  requiresApproval: false,
  redirects: false,
  confirmEnds: "honest",
};
