// A server, without the stand-in: nothing can run here. Prints the kind and `applied`.
import { createUpdates, endpoint } from "checkout-updates";

const updates = createUpdates({ endpoints: { updateTax: endpoint("/update-tax", {}) } });
const { error } = await updates.run({}, "updateTax", {});
console.log(JSON.stringify([error.kind, error.applied]));
