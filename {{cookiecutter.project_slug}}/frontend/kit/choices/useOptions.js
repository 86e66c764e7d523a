import { useEffect, useState } from '@portal/sdk'
import { fold } from '../../sdk/fold.js'

const PAUSE = 200 // milliseconds after the last letter

/**
 * The options of a combobox: those of `options` that contain the text, or what `search` finds.
 * @param {import('./ComboBox.jsx').Option[] | undefined} options undefined until they are loaded
 * @param {((text: string, signal: AbortSignal) => Promise<import('./ComboBox.jsx').Option[]>) | undefined} search keep it the same function
 * @param {string} text what is in the field
 * @param {string} chosen the label of the option that is chosen: then the text is no search
 */
export function useOptions(options, search, text, chosen) {
  const [found, setFound] = useState(
    /** @type {{items: import('./ComboBox.jsx').Option[], state: string}} */ (NOTHING),
  )
  const query = text === chosen ? '' : text.trim()

  useEffect(() => {
    if (!search) return
    if (!query) return setFound(NOTHING)
    setFound(({ items }) => ({ items, state: 'searching' }))
    const controller = new AbortController()
    const timer = setTimeout(() => {
      search(query, controller.signal).then(
        (items) => setFound({ items, state: 'found' }),
        () => controller.signal.aborted || setFound({ items: [], state: 'failed' }),
      )
    }, PAUSE)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [search, query])

  if (search) return found
  if (!options) return { items: [], state: 'searching' }
  const words = fold(query)
  return { items: options.filter(({ label }) => fold(label).includes(words)), state: 'found' }
}

const NOTHING = { items: [], state: 'idle' }
