// The module `@portal/ui/dialog`: only pages that open a dialog load it.
import './dialog.css'

export { Dialog } from './Dialog.jsx'
export { confirm } from './confirm.jsx'
