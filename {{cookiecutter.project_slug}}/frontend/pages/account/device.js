import { t } from '@portal/i18n'

// In this order: most browsers also call themselves by the names of those below them.
const BROWSERS = [
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Edge', /\bEdg(A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Chrome', /\b(Chrome|Chromium|CriOS|HeadlessChrome)\//],
  ['Safari', /\bSafari\//],
]
const SYSTEMS = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['macOS', /\bMac OS X\b/],
  ['Linux', /\bLinux\b/],
]

/**
 * What people call the device that sent this `User-Agent`, such as "Firefox on Windows".
 * @param {string} agent
 */
export function device(agent) {
  const find = (names) => names.find(([, pattern]) => pattern.test(agent))?.[0]
  const [browser, system] = [find(BROWSERS), find(SYSTEMS)]
  if (browser && system) return t`${browser} on ${system}`
  return browser ?? system ?? t`An unknown device`
}
