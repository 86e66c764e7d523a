import { LIST, useFetched } from './requests.js'

/**
 * Count the people whom an announcement reaches.
 * @param {string[]} roles empty: everyone
 * @returns {{people: number | undefined, error: any}} `people` is undefined until the answer arrives
 */
export function useReach(roles) {
  const query = new URLSearchParams({ roles: [...roles].sort().join(',') })
  const { data, error } = useFetched(`${LIST}reach/?${query}`)
  return { people: data?.people, error }
}
