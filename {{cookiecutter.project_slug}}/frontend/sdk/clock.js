/**
 * The portal's clock and time zone: those of the device may be wrong, or of another place. Until the portal has answered, they are those
 * of the device.
 */
export const clock = {
  /** @type {string | undefined} The portal's time zone, such as `Asia/Kolkata`, for `Intl` and `i18n.date`. */
  zone: undefined,
  ahead: 0, // by how many milliseconds the portal's clock is ahead of that of the device
  /** Return the time in milliseconds since 1970, as `Date.now()` does. */
  now: () => Date.now() + clock.ahead,
}

/** Set the clock by the answer of GET /api/portal/. @param {{now: string, time_zone: string}} portal */
export function setClock({ now, time_zone: zone }) {
  clock.zone = zone
  clock.ahead = Date.parse(now) - Date.now() || 0
}
