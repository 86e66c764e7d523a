import { t } from '@portal/i18n'
import { encode } from 'uqr'

const QUIET_ZONE = 4 // white modules on each side, which scanners need

/**
 * A QR code. It is always dark on white, whatever the colour scheme: many scanners cannot read inverted codes.
 * @param {{value: string}} props
 */
export function QrCode({ value }) {
  const { data, size } = encode(value, { ecc: 'M', border: QUIET_ZONE })
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : []))).join('')
  return (
    <svg
      className="qr-code"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={t`QR code for your authenticator app`}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
