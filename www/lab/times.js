/** What an update is timed by, everywhere on this page: from the press to the message that the customer reads. */
export const ANSWERED = "Answered after";
export const FROM_PRESS = "Each time is from the press to the message that the customer reads.";

/** "480 ms", "3.2 s". */
export const duration = (ms) => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);
