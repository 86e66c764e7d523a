import { UNSAFE_NavigationContext as NavigationContext } from 'react-router'
import { t } from '@portal/i18n'
import { useContext, useEffect } from '@portal/sdk'
import { back } from '../../sdk/back.js'
import { confirm } from '../dialog/index.js'

/** @type {Set<() => boolean>} functions that return whether something is not saved */
const guards = new Set()
let stop = () => {}

/**
 * Ask before the person leaves the page, as long as `isUnsaved()` returns true: by a link, by the browser's buttons back and forward, or by
 * closing the tab. An address with the same path, such as another search, does not leave the page.
 * @param {() => boolean} isUnsaved called when the person is about to leave; keep it the same function, as with `useCallback()`
 */
export function useUnsavedChanges(isUnsaved) {
  const { navigator } = useContext(NavigationContext)
  useEffect(() => {
    guards.add(isUnsaved)
    if (guards.size === 1) stop = guard(navigator)
    return () => {
      guards.delete(isUnsaved)
      if (guards.size === 0) stop()
    }
  }, [isUnsaved, navigator])
}

const isAnyUnsaved = () => [...guards].some((isUnsaved) => isUnsaved())

const askToLeave = () =>
  confirm({
    title: t`Leave without saving?`,
    body: t`Your changes on this page will be lost.`,
    action: t`Leave`,
    cancel: t`Stay`,
    dangerous: true,
  })

/**
 * Guard the ways out of the page. React Router can block a navigation only in its data routers, which are 17 kB larger. So this guards what
 * its declarative router uses: two methods of its history, and the browser's event `popstate`.
 * @param {any} navigator the history of the router
 * @returns {() => void} a function that ends it
 */
function guard(navigator) {
  const originals = { push: navigator.push, replace: navigator.replace }
  let path, index
  let isAsking = false
  let returning = false // the guard goes back to the page itself
  let leaving = false // the person has agreed to leave by `popstate`

  function record() {
    path = navigator.location?.pathname ?? location.pathname
    index = history.state?.idx // the position in the browser's history, as React Router counts it
  }

  async function mayLeave() {
    if (isAsking) return false
    isAsking = true
    const agreed = await askToLeave()
    isAsking = false
    return agreed
  }

  for (const [name, original] of Object.entries(originals)) {
    navigator[name] = async (to, ...rest) => {
      const next = to.pathname ?? to.split(/[?#]/)[0]
      if (next && next !== path && isAnyUnsaved() && !(await mayLeave())) return
      original.call(navigator, to, ...rest)
      record()
    }
  }

  /** The browser has moved already. Return to this page before the router sees it, and ask. */
  async function onPopState(event) {
    const distance = event.state?.idx - index
    if (returning) {
      returning = false
      return event.stopImmediatePropagation()
    }
    if (leaving || location.pathname === path || !distance || !isAnyUnsaved()) {
      leaving = false
      return record()
    }
    event.stopImmediatePropagation()
    returning = true
    history.go(-distance)
    leaving = await mayLeave()
    if (leaving) history.go(distance)
  }

  /** The browser asks in its own words. */
  const onUnload = (event) => isAnyUnsaved() && event.preventDefault()

  record()
  back.guard = onPopState
  window.addEventListener('beforeunload', onUnload)
  return () => {
    Object.assign(navigator, originals)
    back.guard = null
    window.removeEventListener('beforeunload', onUnload)
  }
}
