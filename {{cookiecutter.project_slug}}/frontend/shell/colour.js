const LIGHT = [255, 255, 255]
const DARK = [15, 18, 22]
const ENOUGH = 5.2 // WCAG asks for 4.5; the rest is for tinted backgrounds

/**
 * The institute's colour, made readable: as text on a light page and on a dark one, and with the page's colour as text on it.
 * @param {string | undefined} colour such as #1f5fbf
 * @returns {{onLight: string, onDark: string} | null} null when it is not a colour of that form
 */
export function readable(colour) {
  const digits = colour?.match(/^#([\da-f]{3}|[\da-f]{6})$/i)?.[1]
  if (!digits) return null
  const pairs = digits.length === 3 ? [...digits].map((digit) => digit + digit) : digits.match(/../g)
  const rgb = pairs.map((pair) => parseInt(pair, 16))
  return { onLight: towards(rgb, [0, 0, 0], LIGHT), onDark: towards(rgb, LIGHT, DARK) }
}

/** Mixes `rgb` towards `end`, as little as possible, until it can be read on `background`. */
function towards(rgb, end, background) {
  for (let share = 0; share <= 1; share += 0.04) {
    const mixed = rgb.map((value, channel) => Math.round(value + (end[channel] - value) * share))
    if (contrast(mixed, background) >= ENOUGH) return `rgb(${mixed.join(' ')})`
  }
  return `rgb(${end.join(' ')})`
}

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
