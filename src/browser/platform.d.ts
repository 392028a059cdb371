/** Reads both clocks of the page, in milliseconds: the monotonic one and the wall's. What is no number becomes `NaN`. */
export declare function readClocks(into: [number, number]): void;
