import { useEffect, useState } from 'react'
import { watchSocket } from '../../sdk/topics.js'

const TIMEOUT = 3_000 // milliseconds: a server that starts again is often back before

/** Return whether the tab's socket has been lost for a while. Pages without topics have no socket and lose none. */
export function useSocketLost() {
  const [lost, setLost] = useState(false)
  useEffect(() => {
    let timer = 0
    const stop = watchSocket((isLost) => {
      clearTimeout(timer)
      if (isLost) timer = window.setTimeout(setLost, TIMEOUT, true)
      else setLost(false)
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [])
  return lost
}
