import { Icon, iconNames } from './Icon.jsx'

const HUES = [255, 300, 345, 20, 60, 145, 185, 220]

/**
 * A coloured square for something that has a title: its icon, or its first letter when the name of the icon is unknown.
 * The colour comes from the title, so that it stays the same everywhere.
 * @param {{title: string, icon?: string}} props
 */
export function Tile({ title, icon }) {
  return (
    <span className="tile" style={/** @type {any} */ ({ '--hue': hueOf(title) })} aria-hidden="true">
      {iconNames.includes(icon) ? <Icon name={icon} /> : initial(title)}
    </span>
  )
}

/** @param {string} title */
function hueOf(title) {
  const sum = [...title].reduce(
    (total, letter) => Math.imul(total ^ letter.codePointAt(0), 16777619),
    2166136261,
  )
  return HUES[(sum >>> 0) % HUES.length]
}

/** The first letter as people count letters: an accent or a flag stays whole. */
export function initial(text) {
  const [first] = new Intl.Segmenter().segment(text.trim())
  return first ? first.segment.toLocaleUpperCase() : '?'
}
