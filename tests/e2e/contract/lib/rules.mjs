// Runs rules in one browser. Engines have faults of their own, and one that kills a page (WebKitGTK's garbage collector
// does, once in many thousand rules) must not count as a broken rule: the browser is opened again and the rest goes on.
import { died, openPage } from "../../faults/lib/browsers.mjs";

/** Browsers open six connections to a server; a rule may hold one, and asks by another. */
const BESIDE = 3;
/**
 * After so many rules the browser is opened anew: WebKitGTK's process keeps a thread and some megabytes of every frame
 * with a module in it, also after the page was left, and has 380 threads and 1.8 GB at the end of all rules.
 */
const A_BROWSER = 150;
/** A browser that dies more often than this is not used any more. */
const DEATHS = 2;

export class Browser {
  #name;
  #url;
  #page = null;
  #rules;
  #results;
  #resolve = new Map();
  #ended;
  /** What ran whenever the browser died: names of rules and tests. */
  deaths = [];

  constructor(name, url, rules) {
    this.#name = name;
    this.#url = url;
    this.#rules = rules;
    this.#results = new Map(rules.map(({ id }) => [id, new Promise((resolve) => this.#resolve.set(id, resolve))]));
  }

  get isLost() {
    return this.deaths.length > DEATHS;
  }

  /** Begins to check the rules, in their order. */
  start() {
    const parts = [];
    for (let first = 0; first < this.#rules.length; first += A_BROWSER)
      parts.push(this.#rules.slice(first, first + A_BROWSER));
    const all = async () => {
      for (const rules of parts) {
        await this.#check(rules, BESIDE);
        await this.#end();
      }
    };
    this.#ended = all().catch(({ stack }) => {
      for (const resolve of this.#resolve.values()) resolve(stack);
    });
  }

  /** Waits for a rule; gives what was wrong, or null. */
  result = (id) => this.#results.get(id);

  /** Does something in the browser that is no rule, once more if it dies of it. Gives `act` the number of the attempt. */
  async attempt(name, act) {
    await this.#ended;
    for (let attempt = 1; ; attempt++) {
      try {
        if (this.isLost) throw new Error("the browser died too often");
        if (!this.#page) await this.#open();
        return await act(this.#page.driver, attempt);
      } catch (error) {
        if (!died(error)) throw error;
        await this.#bury([name]);
        if (attempt === 2) throw error;
      }
    }
  }

  async close() {
    await this.#ended;
    await this.#end();
  }

  async #open() {
    this.#page = await openPage(this.#name, this.#url, "contract");
    // More than the page gives a rule.
    await this.#page.driver.manage().setTimeouts({ script: 120_000 });
  }

  async #end() {
    const page = this.#page;
    this.#page = null;
    await page?.close();
  }

  /** Checks rules on a new page. A rule that has a result has it for good: only those without are checked again. */
  async #check(rules, beside) {
    const left = new Map(rules.map((rule) => [rule.id, rule]));
    let running = [];
    try {
      if (this.isLost) throw new Error(`not checked: the browser died ${this.deaths.length} times`);
      if (this.#page) await this.#page.open();
      else await this.#open();
      running = rules.slice(0, beside).map(({ id }) => id);
      await this.#page.call("start", { rules, beside });
      while (left.size > 0) {
        const { ended, running: now } = await this.#page.call("ended");
        for (const { id, wrong } of ended) if (left.delete(id)) this.#resolve.get(id)(wrong);
        running = now;
      }
      return;
    } catch (error) {
      if (!died(error)) throw error;
    }
    const diedBefore = this.deaths.flat();
    await this.#bury(running);
    const again = [];
    for (const id of running.filter((one) => left.has(one))) {
      // What the server has recorded of it goes by its number.
      const rule = { ...left.get(id), number: `${left.get(id).number}-again` };
      left.delete(id);
      if (diedBefore.includes(id)) this.#resolve.get(id)("the browser died twice while this rule ran");
      else again.push(rule);
    }
    // By themselves, so that the one of which browsers die is known.
    for (const rule of again) await this.#check([rule], 1);
    if (left.size > 0) await this.#check([...left.values()], beside);
  }

  async #bury(running) {
    this.deaths.push(running);
    // There is nothing to take leave of.
    await this.#end().catch(() => {});
  }
}
