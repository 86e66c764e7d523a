import { Tile } from '@portal/ui'

/**
 * Somebody's photo, or the first letter of their name. It is decoration: the name stands beside it.
 * @param {{entry: import('./entries.js').Entry}} props
 */
export function Avatar({ entry: { photo, display_name: name } }) {
  return (
    <span className="face">
      {photo ? <img src={photo} alt="" loading="lazy" decoding="async" /> : <Tile title={name} />}
    </span>
  )
}
