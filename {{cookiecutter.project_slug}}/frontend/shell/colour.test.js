import { contrast, readableShades } from './colour.js'

const rgb = (text) => text.match(/\d+/g).map(Number)

test.each(['#1f5fbf', '#ffff00', '#000000', '#ffffff', '#abc', '#e30613', '#00ff88'])(
  '%s becomes readable on light and on dark pages',
  (colour) => {
    const { onLight, onDark } = readableShades(colour)
    expect(contrast(rgb(onLight), [255, 255, 255])).toBeGreaterThan(4.5)
    expect(contrast(rgb(onDark), [15, 18, 22])).toBeGreaterThan(4.5)
  },
)

test.each([undefined, '', 'blue', '#12', 'url(x)'])('%s is not a colour, and has no shades', (colour) => {
  expect(readableShades(colour)).toBeNull()
})
