/** Done, or nothing to do. */
export const EXIT_OK = 0;
/** Refused, failed or not reachable. */
export const EXIT_FAILURE = 1;
/** What shells and supervisors expect of a program that was told nonsense. */
export const EXIT_USAGE = 2;
/** `plan --detailed-exitcode`: there is something to do. */
export const EXIT_STEPS = 2;
