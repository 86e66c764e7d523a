// The page colours of tokens.css, as [red, green, blue].
const LIGHT = [255, 255, 255]
const DARK = [15, 18, 22]
const MIN_CONTRAST = 5.2 // WCAG 2.2 AA requires 4.5; the rest allows for tinted backgrounds

/**
 * Make two shades of the institute's colour, one for light and one for dark pages. Each is readable as text on the page, and as the
 * background of text in the page's colour.
 * @param {string | undefined} colour such as `#1f5fbf` or `#abc`
 * @returns {{onLight: string, onDark: string} | null} CSS colours, or null when `colour` has another form
 */
export function readableShades(colour) {
  const digits = colour?.match(/^#([\da-f]{3}|[\da-f]{6})$/i)?.[1]
  if (!digits) return null
  const pairs = digits.length === 3 ? [...digits].map((digit) => digit + digit) : digits.match(/../g)
  const rgb = pairs.map((pair) => parseInt(pair, 16))
  return { onLight: mixUntilReadable(rgb, [0, 0, 0], LIGHT), onDark: mixUntilReadable(rgb, LIGHT, DARK) }
}

/** Mix `rgb` with `end` in steps of 4 %, until it has enough contrast to `background`. All are [red, green, blue], 0 to 255. */
function mixUntilReadable(rgb, end, background) {
  for (let share = 0; share <= 1; share += 0.04) {
    const mixed = rgb.map((value, channel) => Math.round(value + (end[channel] - value) * share))
    if (contrast(mixed, background) >= MIN_CONTRAST) return `rgb(${mixed.join(' ')})`
  }
  return `rgb(${end.join(' ')})`
}

/** Compute the contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it. Both are [red, green, blue], 0 to 255. */
export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

function luminance(rgb) {
  const [red, green, blue] = rgb.map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
