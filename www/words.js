const PER = { day: "day", week: "week", month: "month", year: "year" };
const BILLED = { day: "daily", week: "weekly", month: "monthly", year: "yearly" };

/** "per month", "every 3 months". */
export function perInterval({ interval, intervalCount }) {
  return intervalCount === 1 ? `per ${PER[interval]}` : everyInterval({ interval, intervalCount });
}

/** "every month", "every 3 months". */
export function everyInterval({ interval, intervalCount }) {
  return intervalCount === 1 ? `every ${PER[interval]}` : `every ${intervalCount} ${PER[interval]}s`;
}

/** "Billed monthly", "Billed every 3 months". */
export function billed({ interval, intervalCount }) {
  return intervalCount === 1 ? `Billed ${BILLED[interval]}` : `Billed ${everyInterval({ interval, intervalCount })}`;
}
