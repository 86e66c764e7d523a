import { Icon } from './Icon.jsx'
import { SHAPES } from './icons.js'

const HUES = [255, 300, 345, 20, 60, 145, 185, 220] // degrees of the OKLCH colour wheel

/** @typedef {'small' | 'header' | 'large'} Size */

/**
 * A coloured square for an app or another item with a title. It shows the icon, or the first letter of the title when there is no icon of
 * that name. Equal titles have equal colours. Screen readers skip it.
 * @param {{title: string, icon?: string, size?: Size}} props `icon` is one of the names in icons.js and more-icons.js, or the icon of an app
 */
export function Tile({ title, icon, size }) {
  return (
    <span
      className="tile"
      data-size={size}
      style={/** @type {any} */ ({ '--hue': hueOf(title) })}
      aria-hidden="true"
    >
      {Object.hasOwn(SHAPES, icon ?? '') ? <Icon name={icon} /> : initial(title)}
    </span>
  )
}

/**
 * A person's photo, or the first letter of their name in a circle. Screen readers skip it: show the name beside it.
 * @param {{person: {display_name: string, photo?: string | null}, size?: Size}} props
 */
export function Avatar({ person: { display_name: name, photo }, size }) {
  if (photo) {
    return (
      <img src={photo} alt="" className="tile" data-round data-size={size} loading="lazy" decoding="async" />
    )
  }
  return (
    <span
      className="tile"
      data-round
      data-size={size}
      style={/** @type {any} */ ({ '--hue': hueOf(name) })}
      aria-hidden="true"
    >
      {initial(name)}
    </span>
  )
}

/** Choose a hue for a title with the FNV-1a hash. @param {string} title */
function hueOf(title) {
  const sum = [...title].reduce(
    (total, letter) => Math.imul(total ^ letter.codePointAt(0), 16777619),
    2166136261,
  )
  return HUES[(sum >>> 0) % HUES.length]
}

/** Return the first letter of a text in upper case, with its accents, or `?` for an empty text. An emoji counts as one letter. */
export function initial(text) {
  const [first] = new Intl.Segmenter().segment(text.trim())
  return first ? first.segment.toLocaleUpperCase() : '?'
}
