import { clock } from '@portal/sdk'
import { Chip, Time } from '@portal/ui'
import { Trans } from '@portal/i18n'
import { formatTime } from './overview.js'
import { useNow } from './useNow.js'

const TICK = 10_000 // milliseconds
const OLD = 60_000 // the page refreshes every 5 seconds
const VERY_OLD = 600_000

/**
 * When the parts were checked. It keeps its place while that is not known.
 * @param {{time?: string, stale: boolean}} props `time` is ISO 8601; `stale`: the last refresh failed
 */
export function CheckedAt({ time, stale }) {
  useNow(TICK)
  const age = time ? clock.now() - Date.parse(time) : 0
  if (time && (stale || age > OLD)) {
    return (
      <Chip tone={age > VERY_OLD ? 'warn' : undefined} icon="clock">
        <span>
          <Trans>
            Last checked <Time value={time} />
          </Trans>
        </span>
      </Chip>
    )
  }
  return (
    <span style={{ visibility: time ? undefined : 'hidden' }}>
      <Trans>Checked at {formatTime(time ?? new Date().toISOString())}, and every 5 seconds</Trans>
    </span>
  )
}
