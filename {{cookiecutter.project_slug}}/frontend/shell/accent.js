/**
 * Set the accent of the portal before the first paint. The server computes its two shades, for light and for dark pages, and writes them
 * into `<html data-accent>`: core/configuration/colour.py.
 */
export function applyAccent() {
  const { style, dataset } = document.documentElement
  const [onLight, onDark] = dataset.accent?.split(' ') ?? []
  if (!onDark) return
  style.setProperty('--brand-on-light', onLight)
  style.setProperty('--brand-on-dark', onDark)
}
