import { useEffect, useLocation, useNavigate, useParams, useState } from '@portal/sdk'

/**
 * Return the one-time key of the link that opened this page, and remove it from the address bar and the history. Links have it in the
 * fragment, which browsers send to no server. Earlier links had it in the path, as the parameter `key` of the route.
 * @param {string} path of the page without a key
 * @returns {string} the key, empty without one
 */
export function useLinkKey(path) {
  const { hash } = useLocation()
  const { key: keyInPath = '' } = useParams()
  const navigate = useNavigate()
  const found = decode(hash.slice(1)) || keyInPath
  const [key, setKey] = useState(found)
  if (found && found !== key) setKey(found) // another link was opened in the same tab
  useEffect(() => {
    if (found) navigate(path, { replace: true })
  }, [found, navigate, path])
  return key
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a broken link, which the server refuses
  }
}
