// Compiled, never run.
import { endpoint, oneOf } from "../../js/rules.js";
import { bindSwitch } from "../../js/switch.js";
import type { Updates } from "../../js/types.js";

const endpoints = { changeInterval: endpoint("/x", { interval: oneOf("monthly", "yearly") }) };
declare const updates: Updates<typeof endpoints>;
declare const button: HTMLButtonElement;
const actions = { getSession: () => ({ id: "cs_test_1", yearly: true }) };

const known = { updates, actions, name: "changeInterval", off: { interval: "monthly" } } as const;
bindSwitch(button, { ...known, on: { interval: "yearly" }, isOn: ({ yearly }) => yearly });
// @ts-expect-error a wrong literal
bindSwitch(button, { ...known, on: { interval: "weekly" } });
// @ts-expect-error an endpoint that nobody declared
bindSwitch(button, { ...known, name: "changePlan", on: { interval: "yearly" } });
// @ts-expect-error a label that changes says the opposite when it is read out
bindSwitch(button, { ...known, on: { interval: "yearly" }, labels: { on: "On", off: "Off" } });
