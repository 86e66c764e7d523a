// The module `@portal/ui/toast`: only pages that show short messages load it.
import './toast.css'

export { toast } from './Toasts.jsx'
export { useUndoableChange } from './undoableChange.js'
export { finishDeletions, useUndoableDelete } from './undoableDelete.js'
