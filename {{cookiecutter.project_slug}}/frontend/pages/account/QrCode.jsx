import { t } from '@portal/i18n'
import { encode } from 'uqr'

const QUIET = 4 // modules of white around it, without which cameras do not find it

/**
 * For the camera of the phone that has the authenticator app: always dark on white, whatever the page's colours are.
 * @param {{value: string}} props
 */
export function QrCode({ value }) {
  const { data, size } = encode(value, { ecc: 'M', border: QUIET })
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : []))).join('')
  return (
    <svg
      className="qr-code"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={t`A picture of the key, for the camera of your phone`}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
