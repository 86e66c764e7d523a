// What the pages of this app share: the paths of the API, and their data.

/**
 * @typedef {object} Entry
 * @property {number} id
 * @property {string} text
 * @property {Record<'small' | 'large', string> | null} photo the URLs of its sizes
 * @property {string} created_at
 * @property {string | null} remind_at
 * @property {boolean} is_mine whether the reader wrote it, and may change and delete it
 */

export const LIST = '/api/{{ app_name }}/'
export const TOPIC = '{{ app_name }}:entries'

/** @param {string | number} id */
export const pathOf = (id) => `${LIST}${Number(id)}/`
