import { Icon, iconNames } from './Icon.jsx'

const HUES = [255, 300, 345, 20, 60, 145, 185, 220] // degrees of the OKLCH colour wheel

/**
 * A coloured square for an app or another item with a title. It shows the icon, or the first letter of the title when there is no icon of
 * that name. Equal titles have equal colours. Screen readers skip it.
 * @param {{title: string, icon?: string}} props `icon` is one of the names in Icon.jsx
 */
export function Tile({ title, icon }) {
  return (
    <span className="tile" style={/** @type {any} */ ({ '--hue': hueOf(title) })} aria-hidden="true">
      {iconNames.includes(icon) ? <Icon name={icon} /> : initial(title)}
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
