/** What the module imports from `host`, and asks for only when it is rare. Positions are counted from the body's beginning. */

/** The id of a label value in a spelling that is not known yet. */
export declare function unknown(column: u32, start: usize, end: usize): u32;

/** The id of a status code that came as an integer. */
export declare function status(code: f64): u32;

/** How many calls a span with this tracestate stands for; `random` is a number in [0, 1). */
export declare function weight(start: usize, end: usize, random: f64): f64;

/** Keeps a row's host, for which there is no room among the labels. */
export declare function lostHost(row: u32, start: usize, end: usize): void;

/** Notes where a failed span stands, and its resource. */
export declare function failed(start: usize, end: usize, resourceStart: usize, resourceEnd: usize, row: u32): void;

/** Throws; `field` is a field's number where the fault has one. */
export declare function malformed(fault: u32, field: u32): void;

/** The number whose text stands there, as JavaScript reads it; NaN for none. */
export declare function numberOf(start: usize, end: usize): f64;

/** Puts what a JSON string with escapes means in the place of its spelling; returns how many bytes it is. */
export declare function meaning(start: usize, end: usize): u32;
