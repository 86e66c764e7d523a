import { SHAPES } from './icons.js'

// Icons that mean forward, back, or the side of the page where a text begins.
const TURNING = ['collapse', 'left', 'right']

/**
 * A built-in icon, or nothing when the name is unknown. Screen readers skip it: give its meaning in the text beside it.
 * @param {{name?: string}} props `name` is one of the names in icons.js and more-icons.js, or the icon of an app
 */
export function Icon({ name = '' }) {
  if (!Object.hasOwn(SHAPES, name)) return null
  const shape = SHAPES[name]
  const { path, box, filled } = typeof shape === 'string' ? { path: shape, box: 24, filled: false } : shape
  return (
    <svg
      className="icon"
      viewBox={`0 0 ${box} ${box}`}
      data-filled={filled || undefined}
      aria-hidden="true"
      focusable="false"
      data-turns={TURNING.includes(name) || undefined}
    >
      <path d={path} />
    </svg>
  )
}
