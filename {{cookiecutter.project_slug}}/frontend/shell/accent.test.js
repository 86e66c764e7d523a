import { applyAccent } from './accent.js'

const root = document.documentElement

afterEach(() => {
  root.removeAttribute('data-accent')
  root.removeAttribute('style')
})

test('the shades that the server wrote are those of the page', () => {
  root.dataset.accent = '#1f5fbf #86b2f4'
  applyAccent()
  expect(root.style.getPropertyValue('--brand-on-light')).toBe('#1f5fbf')
  expect(root.style.getPropertyValue('--brand-on-dark')).toBe('#86b2f4')
})

test.each([undefined, ''])('without shades (%s), the page keeps those of the style sheet', (accent) => {
  if (accent !== undefined) root.dataset.accent = accent
  applyAccent()
  expect(root.getAttribute('style')).toBeNull()
})
