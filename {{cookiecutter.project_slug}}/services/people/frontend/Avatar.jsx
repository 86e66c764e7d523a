import { Tile } from '@portal/ui'

/**
 * A person's photo, or the first letter of their name. Decorative: show the name next to it.
 * @param {{entry: import('./entries.js').Entry}} props
 */
export function Avatar({ entry: { photo, display_name: name } }) {
  return (
    <span className="people-avatar">
      {photo ? <img src={photo} alt="" loading="lazy" decoding="async" /> : <Tile title={name} />}
    </span>
  )
}
