// The module `@portal/ui/form`: only pages with a form load it.
import './form.css'

export { Form } from './Form.jsx'
export { useForm } from './useForm.js'
export { useUnsavedChanges } from './unsavedChanges.js'
