import { useEffect, useState } from 'react'

/**
 * Return the error of an app whose sources cannot be built. webpack's client reports it to the page, which reloads when they can be built
 * again: see kit/DeveloperMessage.jsx.
 * @param {string} name the folder of the app
 * @returns {Error | null}
 */
function useErrorOfBuild(name) {
  const [error, setError] = useState(/** @type {Error | null} */ (null))
  useEffect(() => {
    const isOwn = (text) => ['apps', 'services'].some((layer) => text.includes(`./${layer}/${name}/`))
    const receive = ({ data: message, source }) => {
      if (source !== window) return
      if (message?.type === 'webpackErrors') {
        const text = message.data.map(String).find(isOwn)
        if (text) setError(new Error(text))
      }
    }
    window.addEventListener('message', receive)
    return () => window.removeEventListener('message', receive)
  }, [name])
  return error
}

/** In production, nothing is built while people use it. */
export const useBuildError = process.env.NODE_ENV === 'production' ? () => null : useErrorOfBuild
