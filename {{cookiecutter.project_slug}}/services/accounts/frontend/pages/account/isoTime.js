/** Convert allauth's timestamps, seconds since 1970, to ISO 8601 as in the portal's API. @param {number} seconds */
export const isoTime = (seconds) => new Date(seconds * 1000).toISOString()
