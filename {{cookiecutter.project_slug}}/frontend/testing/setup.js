import '@testing-library/jest-dom'
import { i18n } from '@lingui/core'
import { cleanup } from '@testing-library/react'

i18n.loadAndActivate({ locale: 'en', messages: {} })

// jsdom lacks these. Pages call them, and tests do not depend on what they do.
window.scrollTo = () => {}
HTMLElement.prototype.hidePopover = () => {}
HTMLDialogElement.prototype.showModal ??= function () {
  this.open = true
}
AbortSignal.any ??= ([signal]) => signal

afterEach(() => {
  cleanup()
  for (const cookie of document.cookie.split('; '))
    document.cookie = `${cookie.split('=')[0]}=; Max-Age=0; Path=/`
})
