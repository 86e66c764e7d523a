// The modal dialogs that are open, the topmost last. Only the topmost one reacts to clicks, so messages are shown inside it.
/** @type {HTMLDialogElement[]} */
const dialogs = []
const listeners = new Set()

/** @returns {HTMLDialogElement | undefined} */
export const topmostDialog = () => dialogs.at(-1)

/** Call `listener` when a dialog opens or closes. @param {() => void} listener */
export const onDialogChange = (listener) => listeners.add(listener)

/** @param {HTMLDialogElement} dialog */
export function addDialog(dialog) {
  dialogs.push(dialog)
  for (const listener of listeners) listener()
}

/** @param {HTMLDialogElement} dialog */
export function removeDialog(dialog) {
  dialogs.splice(dialogs.indexOf(dialog), 1)
  for (const listener of listeners) listener()
}
