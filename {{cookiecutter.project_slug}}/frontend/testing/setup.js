import '@testing-library/jest-dom'
import { i18n } from '@lingui/core'
import { act, cleanup, configure } from '@testing-library/react'
import { clear as clearToasts } from '../kit/toast/store.js'

i18n.loadAndActivate({ locale: 'en', messages: {} })

// How long `findBy…` and `waitFor` wait, in milliseconds. Some pages act only a second after the server has closed a socket, and a busy
// machine is slow.
configure({ asyncUtilTimeout: 10_000 })

// jsdom lacks these. Pages call them, and tests do not depend on what they do.
window.scrollTo = () => {}
HTMLElement.prototype.hidePopover = () => {}
HTMLDialogElement.prototype.showModal ??= function () {
  this.open = true
}
HTMLDialogElement.prototype.close ??= function () {
  this.open = false
}
AbortSignal.any ??= ([signal]) => signal

afterEach(() => {
  act(clearToasts)
  cleanup()
  for (const cookie of document.cookie.split('; '))
    document.cookie = `${cookie.split('=')[0]}=; Max-Age=0; Path=/`
})
