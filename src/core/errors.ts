/**
 * An error a person can act on. Its message says what happened, the actual value, what is accepted and
 * what to do. Anything that is not a `HandgradError` is a bug in handgrad.
 */
export class HandgradError extends Error {
  override name = 'HandgradError';
}

/** What a person gave (a table, a setting, a flag) cannot be used. */
export class InputError extends HandgradError {
  override name = 'InputError';
}

/** A backend cannot run this job here. */
export class RefusalError extends HandgradError {
  override name = 'RefusalError';
}

/** The GPU device went away while it was in use (driver reset, GPU process crash, eviction). */
export class DeviceLostError extends HandgradError {
  override name = 'DeviceLostError';
}
