import { lazyField } from '../aria/LazyField.jsx'

const { LazyField, preload } = lazyField(() => import(/* webpackChunkName: "choices" */ './ComboBox.jsx'))

/** A text field that offers choices while the person types. @type {typeof import('./ComboBox.jsx').default} */
export const ComboBox = LazyField

/** Load the component before it is shown, for example when a dialog opens that has it only later. */
export const preloadComboBox = preload
