import { useEffect, useState } from '@portal/sdk'

const BUILD = /^ERROR in |Module build failed|Cannot find module/
const BUILT = ['webpackOk', 'webpackStillOk', 'webpackWarnings'] // webpack's client sends these to the page
const FAILED_BUILD = /SyntaxError: (?:\S*?\/)?((?:apps|services|frontend)\/[^\s:]+): ([^]*?) \((\d+):\d+\)/

/**
 * What the author of a page needs to know of its error: the line and the words. Only development shows it.
 * @param {{error: any}} props
 */
export function DeveloperMessage({ error }) {
  const [text, setText] = useState('')
  useEffect(() => {
    let stopped = false
    describe(error).then((description) => stopped || setText(description))
    return () => void (stopped = true)
  }, [error])
  useReloadAfterBuild(BUILD.test(String(error?.message)))
  return (
    <p>
      <code>{text}</code>
    </p>
  )
}

/** Reload the page when the sources could be built again: a module that failed stays as it is. @param {boolean} isActive */
function useReloadAfterBuild(isActive) {
  useEffect(() => {
    if (!isActive) return
    const receive = ({ data, source }) => {
      if (source === window && BUILT.includes(data?.type)) location.reload()
    }
    window.addEventListener('message', receive)
    return () => window.removeEventListener('message', receive)
  }, [isActive])
}

/** Say where an error is and what it is. webpack's server knows which line of a source a line of a script was. */
async function describe(error) {
  const [, file, problem, line] = String(error?.message ?? error).match(FAILED_BUILD) ?? []
  if (file) return `${file}, line ${line}: SyntaxError: ${problem}`
  try {
    const answer = await fetch('/__frame', { method: 'POST', body: String(error?.stack) })
    const frame = answer.ok && (await answer.text())
    if (frame) return `${frame}: ${error}`
  } catch {
    // The message is of use without the line.
  }
  return String(error?.message ?? error).startsWith('ERROR in ')
    ? error.message.split('\n').slice(0, 2).join(' ')
    : String(error)
}
