/** allauth counts seconds since 1970; the portal's times are texts. */
export const moment = (seconds) => new Date(seconds * 1000).toISOString()
