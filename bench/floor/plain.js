import init, { update as send } from "../../build/floor/plain/floor.js";

const ready = init();

export const update = (session, interval) => ready.then(() => send(session, interval));
