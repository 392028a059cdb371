import type {
  BlockReason,
  CheckoutUpdateErrorShape,
  Metrics,
  Outcome,
  PayOptions,
  PayOutcome,
  RefreshOutcome,
  RunOptions,
  Snapshot,
  UpdateFunction,
} from "./types.js";

/** The class `Updates` of the crate, as it is used here. */
export interface EngineUpdates {
  request(name: string, intent: object): UpdateFunction<any>;
  wrap(name: string, own: (signal: AbortSignal) => unknown): UpdateFunction<any>;
  run(actions: object, what: string | UpdateFunction<any>, ...rest: unknown[]): Promise<Outcome>;
  refresh(actions: object): Promise<RefreshOutcome>;
  cancel(name?: string): void;
  dispose(): void;
  pendingIntent(name: string, match: object | undefined): object | undefined;
  isPending(name?: string, match?: object): boolean;
  isStale(): boolean;
  subscribe(listener: () => void): () => void;
  getSnapshot(): Snapshot;
  metrics(): Metrics;
  reportTo(url: string): () => void;
  /**
   * As `pay`. `confirm` is called once at most, in the same task if nothing is in the way. `seen` is a copy of the
   * session as it was when the customer pressed, and `hasFailed` whether an update that was pending then has failed since.
   */
  pay(
    actions: object,
    confirm: () => Promise<unknown>,
    settings: PayOptions & { readonly seen: unknown; readonly hasFailed: boolean },
  ): Promise<PayOutcome>;
  /** `confirm` was called before this instance was there. Resolves as `pay` does. */
  paying(actions: object, result: Promise<unknown>): Promise<PayOutcome>;
  hold(): (() => void) | null;
  /** A hold began before this instance was there; returns the function that ends it. */
  holding(): () => void;
  /** Calls a function of `request` or `wrap` on behalf of somebody who may have asked earlier. */
  invoke(update: UpdateFunction<any>, settings: RunOptions | undefined): Promise<any>;
  /** The next update is one that nobody can see. Called before it. */
  rehearse(): void;
  /** Counts a failure that was met without an instance. */
  note(failure: CheckoutUpdateErrorShape): void;
  /** Counts a payment that was blocked here. */
  noteBlocked(reason: BlockReason): void;
  /** The instance before this one died: the page is stale, and these actions refresh it. */
  doubt(actions: object | undefined): void;
  /** Whether an update that has not settled may have sent something. */
  hasSent(): boolean;
}
