import { t } from '@portal/i18n'

// The order matters: most browsers also name those below them.
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
 * Name the browser and the system of a `User-Agent` header, such as "Firefox on Windows".
 * @param {string} userAgent
 */
export function deviceName(userAgent) {
  const match = (patterns) => patterns.find(([, pattern]) => pattern.test(userAgent))?.[0]
  const [browser, system] = [match(BROWSERS), match(SYSTEMS)]
  if (browser && system) return t`${browser} on ${system}`
  return browser ?? system ?? t`Unknown device`
}
