const ACCENTS = /[\u0300-\u036f]/g

/** Remove case and accents from a text, to compare it with what people type into a search field. */
export const fold = (/** @type {string} */ text) => text.normalize('NFD').replace(ACCENTS, '').toLowerCase()
