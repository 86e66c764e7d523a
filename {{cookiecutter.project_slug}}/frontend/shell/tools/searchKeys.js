// What the keys that open the search share with its dialog.

/** The key of what this browser keeps that is `off` for people who switched the key `/` off. WCAG 2.1.4 asks for that. */
export const SLASH = 'portal-slash'

/** What was typed while the search dialog was loading. The dialog takes it over. */
export const typedAhead = { text: '' }
