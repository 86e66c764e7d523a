import { useEffect, useState } from '@portal/sdk'

/** Return the time of the device in milliseconds since 1970, again and again. @param {number} period in milliseconds */
export function useNow(period) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), period)
    return () => clearInterval(timer)
  }, [period])
  return now
}
