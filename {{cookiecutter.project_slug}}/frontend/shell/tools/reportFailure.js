import { errorText } from '../../kit/errorText.js'

/** Say in a short message why an action of a menu or of the palette failed: both are closed by then. @param {unknown} error */
export async function reportFailure(error) {
  const { toast } = await import('../../kit/toast/index.js')
  toast(errorText(error), { kind: 'error' })
}
